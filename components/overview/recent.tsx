'use client';

import { formatCount, formatDuration } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { FailedCount, RecordName } from '@/components/ui/record-row';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { batchLook } from '@/components/ui/status';
import { StatusBadge } from '@/components/ui/status-mark';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import { describeError } from '@/lib/client/api';
import { useBatches } from '@/lib/client/queries/batches';
import type { BatchDto } from '@/lib/contracts/batch';

const COLUMNS =
  '[--columns:minmax(0,1fr)_minmax(6rem,auto)] sm:[--columns:110px_minmax(0,1fr)_100px_80px] @3xl:[--columns:130px_minmax(0,1fr)_100px_60px_90px_80px] @5xl:[--columns:140px_minmax(0,1fr)_160px_110px_60px_100px_80px]';
const SHOWN = 10;

function RecentRow({ batch }: { batch: BatchDto }) {
  const { mark, word } = batchLook(batch);
  const took =
    batch.startedAt && batch.finishedAt
      ? formatDuration(Date.parse(batch.finishedAt) - Date.parse(batch.startedAt))
      : '–';
  return (
    <TableRow className="last:border-b-0 max-sm:h-14 max-sm:content-center max-sm:gap-y-0.5">
      <TableCell className="max-sm:order-2 max-sm:text-right">
        <StatusBadge status={mark} word={word} />
      </TableCell>
      <TableCell className="font-medium max-sm:order-1">
        <RecordName href={`/batches/${batch.id}`} name={batch.name} />
      </TableCell>
      <TableCell className="text-muted @max-5xl:hidden">
        <TypeTitle type={batch.type} />
      </TableCell>
      <TableCell className="text-muted max-sm:order-3 max-sm:text-xs sm:text-right">
        {formatCount(batch.total, 'item')}
      </TableCell>
      <TableCell right className="@max-3xl:hidden">
        <FailedCount value={batch.failed} />
      </TableCell>
      <TableCell right className="font-mono text-muted text-xs @max-3xl:hidden">
        {took}
      </TableCell>
      <TableCell right className="text-muted max-sm:order-4 max-sm:text-xs">
        <Time at={batch.createdAt} className="relative" />
      </TableCell>
    </TableRow>
  );
}

function RecentSkeleton() {
  return Array.from({ length: 5 }, (_, i) => (
    <div
      key={i}
      aria-hidden="true"
      className="flex h-(--row) items-center gap-6 border-b px-3 last:border-b-0 max-sm:h-14"
    >
      <Skeleton className="w-20" />
      <Skeleton className="w-1/3" />
      <Skeleton className="ml-auto w-16" />
    </div>
  ));
}

/** The newest batches that are not running, of any status. */
export function RecentPanel() {
  const query = useBatches({}, { limit: 20 });
  const batches =
    query.data?.pages[0]?.batches
      .filter((b) => b.status !== 'in-progress' && !(b.status === 'pending' && b.queuedAt))
      .slice(0, SHOWN) ?? [];
  return (
    <Panel
      title="Recent batches"
      flush
      className="@container"
      actions={
        <Link href="/batches" className="text-accent text-xs hover:underline">
          All batches
        </Link>
      }
    >
      {query.isError && batches.length === 0 ? (
        <ErrorState
          title="Recent batches could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      ) : (
        <Table aria-label="Recent batches" className={COLUMNS} aria-busy={query.isPending || undefined}>
          <TableHeader className="bg-surface max-sm:sr-only">
            <TableHead>Status</TableHead>
            <TableHead>Name</TableHead>
            <TableHead className="@max-5xl:hidden">Type</TableHead>
            <TableHead right>Size</TableHead>
            <TableHead right className="@max-3xl:hidden">
              Failed
            </TableHead>
            <TableHead right className="@max-3xl:hidden">
              Took
            </TableHead>
            <TableHead right>Created</TableHead>
          </TableHeader>
          {query.isPending ? <RecentSkeleton /> : batches.map((batch) => <RecentRow key={batch.id} batch={batch} />)}
          {query.isSuccess && batches.length === 0 ? (
            <p className="px-3 py-6 text-center text-muted text-sm">None has ended yet.</p>
          ) : null}
        </Table>
      )}
    </Panel>
  );
}
