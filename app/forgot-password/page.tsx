import type { Metadata } from 'next';
import Link from 'next/link';
import { ForgotForm } from '@/components/sign-in/forgot-form';
import { EntryPage } from '@/components/ui/entry-page';
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
        <p className="text-sm">
          This Batchyard sends no mails. Ask who runs it: on its machine,{' '}
          <code className="font-mono text-xs">npm run admin -- reset-password &lt;e-mail&gt;</code> prints a link for a
          new password.
        </p>
      )}
      <p className="mt-6 text-muted text-xs">
        <Link href="/sign-in" className="text-accent hover:underline">
          Back to the sign-in
        </Link>
      </p>
    </EntryPage>
  );
}
