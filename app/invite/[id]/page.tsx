import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { AcceptForm } from '@/components/invite/accept-form';
import { Button } from '@/components/ui/button';
import { EntryPage } from '@/components/ui/entry-page';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { ROLE_IN_WORDS } from '@/lib/contracts/permissions';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { getViewer } from '@/lib/domain/auth/get-viewer';
import { DomainError } from '@/lib/domain/errors';
import { showInvitation } from '@/lib/domain/organization/accept-invitation';

// The address holds the token: no other site may learn it.
export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' };

interface InvitePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ token?: string | string[] }>;
}

export default async function InvitePage({ params, searchParams }: InvitePageProps) {
  const [{ id }, { token = '' }] = [await params, await searchParams];
  const invitation = await showInvitation(id, String(token)).catch((error: unknown) => {
    if (error instanceof DomainError) return error;
    throw error;
  });
  if (invitation instanceof DomainError) {
    return (
      <EntryPage title="Invitation">
        <Notice
          tone="warning"
          actions={
            <Button asChild>
              <Link href="/sign-in">Sign in</Link>
            </Button>
          }
        >
          {invitation.code === 'not-found'
            ? 'This link belongs to no invitation. Check that it was copied whole, or ask for a new one.'
            : invitation.message}
        </Notice>
      </EntryPage>
    );
  }
  const { email, role, organization, invitedBy, hasAccount } = invitation;
  const session = await authenticateSession(await headers());
  const viewer = session && (await getViewer(session.context));
  const account = viewer?.email === email ? 'signed-in' : hasAccount ? 'existing' : 'new';
  return (
    <EntryPage title={`Join ${organization}`}>
      <p className="mb-5 text-sm [overflow-wrap:anywhere]">
        {invitedBy} invites you to {organization} on Batchyard as {ROLE_IN_WORDS[role]}.
      </p>
      <AcceptForm id={id} token={String(token)} email={email} organization={organization} account={account} />
      {viewer && account !== 'signed-in' ? (
        <p className="mt-6 text-muted text-xs">
          You are signed in as {viewer.email}, and this invitation is for {email}.{' '}
          {account === 'new'
            ? 'Joining signs you in as that person instead.'
            : 'Sign out after joining, and sign in as that person.'}
        </p>
      ) : null}
    </EntryPage>
  );
}
