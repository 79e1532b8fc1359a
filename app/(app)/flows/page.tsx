import type { Metadata } from 'next';
import { FlowList } from '@/components/flow/list/flow-list';
import { NewRecord } from '@/components/shared/new-record';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Flows' };

export default function FlowsPage() {
  return (
    <Page className="h-full min-h-120">
      <PageHeader title="Flows" actions={<NewRecord what="flow" />} />
      <FlowList />
    </Page>
  );
}
