'use client';

import { type Gate, HIDDEN } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { StatusMark } from '@/components/ui/status-mark';
import { AsOf } from '@/components/ui/time';
import { links } from '@/lib/client/links';
import { useDiscarded, useFailures } from '@/lib/client/queries/batch-items';
import { useSeesPayloads } from '@/lib/client/queries/system';
import type { BatchDto, FailureGroup, FailureReason } from '@/lib/contracts/batch';
import { FAILURE_GROUPS } from '@/lib/contracts/bounds';
import { FixFailed } from './fix-failed';

interface FailureGroupsProps {
  batch: BatchDto;
  running: boolean;
  onOpen: (jobId: string) => void;
  /** filters the list by the items of a group */
  onFilter: (message: string) => void;
  gate: Gate;
  busy: boolean;
  onRetry: (reason: FailureReason) => void;
}

/** Failure reasons, most frequent first, each with one example item. */
export function FailureGroups({ batch, running, ...group }: FailureGroupsProps) {
  const {
    data: groups,
    error,
    isPending,
    dataUpdatedAt,
  } = useFailures(batch.id, {
    enabled: batch.failed > 0,
    changing: running,
    failed: batch.failed,
  });
  const seesPayloads = useSeesPayloads();
  const { data: discarded = 0 } = useDiscarded(batch.id, { enabled: batch.failed > 0 });
  if (batch.failed === 0) return null;
  return (
    <Panel
      title="Why items failed"
      flush
      actions={groups && behind(groups, batch.failed) ? <AsOf at={dataUpdatedAt} /> : null}
    >
      {error && !groups ? (
        <p className="px-3 py-2 text-muted text-sm">The reasons could not be read: {error.message}</p>
      ) : null}
      {isPending ? (
        <div className="flex h-10 items-center px-3">
          <Skeleton className="w-2/3" />
        </div>
      ) : null}
      {discarded > 0 ? <Discarded batchId={batch.id} failed={batch.failed} discarded={discarded} /> : null}
      <ul>
        {groups?.map((each) => (
          <Group
            key={`${each.code} ${each.message}`}
            {...group}
            gate={seesPayloads ? group.gate : HIDDEN}
            canFilter={seesPayloads}
            group={each}
          />
        ))}
      </ul>
      {seesPayloads ? <FixFailed batch={batch} gate={group.gate} /> : null}
    </Panel>
  );
}

/** Discarded items stay failed: how many somebody still has to deal with. */
function Discarded({ batchId, failed, discarded }: { batchId: string; failed: number; discarded: number }) {
  const dead = Math.max(0, failed - discarded);
  return (
    <p className="border-b px-3 py-1.5 text-muted text-sm">
      {formatNumber(discarded)} of {formatNumber(failed)} were discarded;{' '}
      {dead === 0 ? (
        'nothing is left to deal with.'
      ) : (
        <Link href={links.deadLetters(`batch:${batchId}`)} className="text-accent hover:underline">
          {formatCount(dead, 'dead letter is', 'dead letters are')} left
        </Link>
      )}
    </p>
  );
}

/** Returns whether groups and counter are from different times. Skips large sets, which are only grouped in part. */
const behind = (groups: readonly FailureGroup[], failed: number): boolean =>
  groups.length < FAILURE_GROUPS.most &&
  failed <= FAILURE_GROUPS.read &&
  groups.reduce((sum, { count }) => sum + count, 0) !== failed;

type GroupProps = Omit<FailureGroupsProps, 'batch' | 'running'> & { group: FailureGroup; canFilter: boolean };

function Group({ group, canFilter, onOpen, onFilter, gate, busy, onRetry }: GroupProps) {
  const { sample } = group;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1.5 last:border-b-0">
      <span className="flex min-w-14 items-center gap-1.5 font-medium">
        <StatusMark status="failed" /> {formatNumber(group.count)}
      </span>
      <span className="min-w-40 flex-1 [overflow-wrap:anywhere]">
        <span className="line-clamp-2" title={group.message}>
          {group.message}
        </span>
      </span>
      {group.code ? <code className="font-mono text-2xs text-muted">{group.code}</code> : null}
      <span className="flex items-center gap-2">
        <Button variant="link" size="sm" className="mr-1" onClick={() => onOpen(sample.jobId)}>
          sample {sample.index === null ? '' : `#${formatNumber(sample.index + 1)}`}
        </Button>
        {canFilter ? (
          <Button
            size="sm"
            aria-label={`Show ${formatCount(group.count, 'item')} that failed with: ${group.message}`}
            onClick={() => onFilter(distinctive(group.message))}
          >
            Show {formatNumber(group.count)}
          </Button>
        ) : null}
        {gate.shown ? (
          <Button
            size="sm"
            reason={gate.reason}
            busy={busy}
            aria-label={`Retry ${formatCount(group.count, 'item')} that failed with: ${group.message}`}
            onClick={() => onRetry({ message: group.message, code: group.code })}
          >
            Retry {formatNumber(group.count)}
          </Button>
        ) : null}
      </span>
    </li>
  );
}

/** Returns the longest part of a message without numbers, ids and quotes, because these differ within a group. */
export function distinctive(message: string): string {
  const parts = message.split(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+|"[^"]*"/i).map((part) => part.trim());
  return parts.reduce((best, part) => (part.length > best.length ? part : best), '').slice(0, 120);
}
