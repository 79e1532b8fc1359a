import type { Metadata } from 'next';
import { Secrets } from '@/components/settings/secrets';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Settings' };

export default function SettingsPage() {
  return (
    <Page>
      <PageHeader title="Settings" />
      <div className="max-w-240">
        <Secrets />
      </div>
    </Page>
  );
}
