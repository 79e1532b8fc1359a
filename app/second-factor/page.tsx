import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { SecondFactorSetup } from '@/components/settings/security/second-factor-setup';
import { AccountProviders } from '@/components/shell/providers';
import { safeNext } from '@/components/sign-in/safe-next';
import { EntryPage } from '@/components/ui/entry-page';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { getSignInMethods } from '@/lib/domain/auth/get-sign-in-methods';
import { getViewer } from '@/lib/domain/auth/get-viewer';
import { listOrganizations } from '@/lib/domain/organization/list-organizations';

export const metadata: Metadata = { title: 'Second factor' };

interface SecondFactorPageProps {
  searchParams: Promise<{ next?: string | string[] }>;
}

/** The only page for people without the second factor that their organization needs. */
export default async function SecondFactorPage({ searchParams }: SecondFactorPageProps) {
  const next = safeNext((await searchParams).next);
  const session = await authenticateSession(await headers());
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(next)}`);
  if (!session.lacksSecondFactor) redirect(next);
  const { context } = session;
  const [viewer, methods] = [await getViewer(context), await getSignInMethods(context)];
  const others = (await listOrganizations(context)).filter(({ current }) => !current);
  return (
    <EntryPage title={`${viewer.organization.name} needs a second factor`}>
      <AccountProviders>
        <SecondFactorSetup methods={methods} others={others.map(({ id, name }) => ({ id, name }))} />
      </AccountProviders>
    </EntryPage>
  );
}
