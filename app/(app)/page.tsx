import type { Metadata } from 'next';
import { Overview } from '@/components/overview/overview';
import { NewRecord } from '@/components/shared/new-record';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Overview' };

export default function OverviewPage() {
  return (
    <Page>
      <PageHeader title="Overview" actions={<NewRecord what="batch" />} />
      <Overview />
    </Page>
  );
}
