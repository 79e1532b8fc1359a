'use client';

import { ListChecks } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { RecordList } from '@/components/ui/record-list';
import { EmptyState } from '@/components/ui/states';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { useBulkActions } from '@/lib/client/queries/bulk-actions';
import { BULK_ACTION_COLUMNS, BulkActionHeader, BulkActionRow, BulkActionRowSkeletons } from './bulk-action-row';

const NONE = (
  <EmptyState
    icon={<ListChecks />}
    title="No bulk actions yet"
    actions={
      <Button asChild>
        <Link href="/jobs">Go to the jobs</Link>
      </Button>
    }
  >
    Select jobs in a list, or all that match a query, and retry, cancel, edit, discard or delete them at once. Each such
    action is recorded here with what became of every job.
  </EmptyState>
);

/** The live list of bulk actions, newest first. */
export function BulkActionList() {
  const query = useBulkActions();
  const scope = '{}';
  const held = useHeldRows(query.data?.pages.flatMap((page) => page.bulkActions) ?? [], query, scope);
  return (
    <RecordList
      what="bulk actions"
      query={query}
      rows={held.rows}
      columns={BULK_ACTION_COLUMNS}
      header={<BulkActionHeader />}
      skeletons={<BulkActionRowSkeletons count={8} />}
      empty={NONE}
      renderRow={(bulkAction) => <BulkActionRow bulkAction={bulkAction} />}
      scope={scope}
      waiting={held.waiting}
      onShowWaiting={held.release}
    />
  );
}
