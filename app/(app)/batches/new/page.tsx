import type { Metadata } from 'next';
import { LaunchPage } from '@/components/launch/launch-page';
import { Page } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'New batch' };

export default function NewBatchPage() {
  return (
    <Page>
      <LaunchPage />
    </Page>
  );
}
