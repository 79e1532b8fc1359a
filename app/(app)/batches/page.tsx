import type { Metadata } from 'next';
import { BatchList } from '@/components/batch/list/batch-list';
import { NewRecord } from '@/components/shared/new-record';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Batches' };

export default function BatchesPage() {
  return (
    <Page className="h-full min-h-120">
      <PageHeader title="Batches" actions={<NewRecord what="batch" />} />
      <BatchList />
    </Page>
  );
}
