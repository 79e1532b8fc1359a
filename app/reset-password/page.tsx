import type { Metadata } from 'next';
import { ResetForm } from '@/components/sign-in/reset-form';
import { EntryPage } from '@/components/ui/entry-page';

// The address holds the token: no other site may learn it.
export const metadata: Metadata = { title: 'New password', referrer: 'no-referrer' };

interface ResetPasswordPageProps {
  searchParams: Promise<{ token?: string | string[] }>;
}

export default async function ResetPasswordPage({ searchParams }: ResetPasswordPageProps) {
  const { token = '' } = await searchParams;
  return (
    <EntryPage title="New password">
      <ResetForm token={String(token)} />
    </EntryPage>
  );
}
