import type { Metadata } from 'next';
import { BulkActionList } from '@/components/bulk-action/bulk-action-list';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Bulk actions' };

export default function BulkActionsPage() {
  return (
    <Page className="h-full min-h-120">
      <PageHeader title="Bulk actions" />
      <BulkActionList />
    </Page>
  );
}
