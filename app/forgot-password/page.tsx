import type { Metadata } from 'next';
import { ForgotForm } from '@/components/sign-in/forgot-form';
import { EntryPage } from '@/components/ui/entry-page';
import { Link } from '@/components/ui/link';
import { canSendMail } from '@/lib/domain/mail/send-mail';

export const metadata: Metadata = { title: 'Forgotten password' };
// Whether mails can be sent is known at the start, not at the build.
export const dynamic = 'force-dynamic';

export default function ForgotPasswordPage() {
  return (
    <EntryPage title="Forgotten password">
      {canSendMail() ? (
        <ForgotForm />
      ) : (
        <div className="flex flex-col gap-3 text-sm">
          <p>Batchyard has no mail server here, so it can’t send you a link.</p>
          <p>Ask whoever runs it. On its machine, this command prints a link for a new password:</p>
          <code className="rounded-md border bg-sunken px-2.5 py-2 font-mono text-xs">
            npm run admin -- reset-password you@example.org
          </code>
        </div>
      )}
      <p className="mt-6 text-muted text-xs">
        <Link href="/sign-in" className="inline-block text-accent hover:underline pointer-coarse:py-3">
          Back to the sign-in
        </Link>
      </p>
    </EntryPage>
  );
}
