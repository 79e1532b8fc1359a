import type { Metadata } from 'next';
import { FirstData } from '@/app/(app)/first-data';
import { type Address, ofBatches } from '@/app/(app)/first-reads';
import { BatchList } from '@/components/batch/list/batch-list';
import { NewRecord } from '@/components/shared/new-record';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Batches' };

export default async function BatchesPage({ searchParams }: { searchParams: Address }) {
  return (
    <FirstData reads={await ofBatches(searchParams)}>
      <Page className="h-full min-h-120">
        <PageHeader title="Batches" actions={<NewRecord what="batch" />} />
        <BatchList />
      </Page>
    </FirstData>
  );
}
