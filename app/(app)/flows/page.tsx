import type { Metadata } from 'next';
import { FirstData } from '@/app/(app)/first-data';
import { type Address, ofFlows } from '@/app/(app)/first-reads';
import { FlowList } from '@/components/flow/list/flow-list';
import { NewRecord } from '@/components/shared/new-record';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Flows' };

export default async function FlowsPage({ searchParams }: { searchParams: Address }) {
  return (
    <FirstData reads={await ofFlows(searchParams)}>
      <Page className="h-full min-h-120">
        <PageHeader title="Flows" actions={<NewRecord what="flow" />} />
        <FlowList />
      </Page>
    </FirstData>
  );
}
