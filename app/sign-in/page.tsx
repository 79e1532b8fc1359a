import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { safeNext } from '@/components/sign-in/safe-next';
import { SignInForm } from '@/components/sign-in/sign-in-form';
import { EntryPage } from '@/components/ui/entry-page';
import { Link } from '@/components/ui/link';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { passkeyHost } from '@/lib/domain/auth/passkeys';
import { listProviders } from '@/lib/domain/auth/single-sign-on';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInPageProps {
  searchParams: Promise<{ next?: string | string[]; error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const given = await searchParams;
  const next = safeNext(given.next);
  if (await authenticateSession(await headers())) redirect(next);
  return (
    <EntryPage title="Sign in to Batchyard">
      <SignInForm
        next={next}
        providers={listProviders()}
        hasPasskeys={passkeyHost() !== null}
        failure={[given.error].flat()[0]}
      >
        <Link href="/forgot-password" className="inline-block text-accent hover:underline pointer-coarse:py-3">
          Forgot your password?
        </Link>
        <p className="mt-2 text-muted">
          The first administrator’s sign-in is printed once, where Batchyard was first started.
        </p>
      </SignInForm>
    </EntryPage>
  );
}
