import type { Metadata } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { safeNext } from '@/components/sign-in/safe-next';
import { SignInForm } from '@/components/sign-in/sign-in-form';
import { Logo } from '@/components/ui/logo';
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
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-84">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo className="size-6" />
          <h1 className="font-semibold text-lg tracking-tight">Sign in to Batchyard</h1>
        </div>
        <SignInForm
          next={next}
          providers={listProviders()}
          hasPasskeys={passkeyHost() !== null}
          failure={[given.error].flat()[0]}
        />
        <p className="mt-6 text-xs">
          <Link href="/forgot-password" className="text-accent hover:underline">
            Forgot your password?
          </Link>
        </p>
        <p className="mt-2 text-muted text-xs">
          The first administrator’s sign-in is printed once, where Batchyard was first started.
        </p>
      </div>
    </main>
  );
}
