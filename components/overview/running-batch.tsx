'use client';

import { formatEta, formatNumber, formatPercent, formatRate, formatRelative } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { endedParts, Progress } from '@/components/ui/progress';
import { Skeleton } from '@/components/ui/skeleton';
import { batchLook } from '@/components/ui/status';
import { StatusBadge, StatusMark } from '@/components/ui/status-mark';
import { Time, useNow } from '@/components/ui/time';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { TypeTitle } from '@/components/ui/type-title';
import type { BatchDto } from '@/lib/contracts/batch';
import { doneOf } from '@/lib/contracts/progress';

/** @param now null on the server, whose clock differs */
const relative = (at: string, now: number | null): string => (now === null ? '…' : formatRelative(at, now));

/** Returns the rate and the estimate of a running batch, or why it has none. */
function paceOf(batch: BatchDto, done: number, now: number | null): string[] {
  if (batch.paused) return ['no new item starts until it is resumed'];
  if (batch.status === 'pending') return ['starts automatically when a slot is free'];
  if (batch.lacksWorker) return ['continues when a worker has its type'];
  if (batch.queuedAt) return ['continues automatically when a slot is free'];
  if (batch.wakesAt) return [`next item due ${relative(batch.wakesAt, now)}`];
  if (batch.notBefore && Date.parse(batch.notBefore) > (now ?? Date.now()))
    return [`first item due ${relative(batch.notBefore, now)}`];
  const eta = formatEta(batch.etaSeconds, done, batch.total);
  return batch.ratePerSecond ? [formatRate(batch.ratePerSecond), eta] : [eta];
}

/** A running batch: progress, rate, estimate and failures. */
export function RunningBatch({ batch }: { batch: BatchDto }) {
  const now = useNow();
  const { mark, word } = batchLook(batch, now ?? undefined);
  const done = doneOf(batch);
  return (
    <li className="relative min-h-22 border-b px-3 py-3 last:border-b-0 hover:bg-hover has-[:focus-visible]:bg-hover">
      <div className="flex items-baseline gap-3">
        <Link
          href={`/batches/${batch.id}`}
          aria-label={batch.name}
          className="min-w-0 font-medium text-base after:absolute after:inset-0"
        >
          <TruncateMiddle text={batch.name} least={28} />
        </Link>
        <StatusBadge status={mark} word={word} />
        <span className="truncate text-muted text-xs max-sm:hidden">
          <TypeTitle type={batch.type} />
        </span>
        <span className="ml-auto font-semibold text-lg">{formatPercent(batch.progress, false, done > 0)}</span>
      </div>
      <Progress
        className="mt-1.5 mb-2"
        label={`Progress of ${batch.name}`}
        total={batch.total}
        parts={[...endedParts(batch), { status: 'active', value: batch.active }]}
      />
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted text-xs">
        <span>
          <span className="text-ink">{formatNumber(done)}</span> of {formatNumber(batch.total)}
        </span>
        {paceOf(batch, done, now).map((text) => (
          <span key={text}>{text}</span>
        ))}
        {batch.failed > 0 ? (
          <span className="inline-flex items-center gap-1 text-status-failed">
            <StatusMark status="failed" className="size-3" /> {formatNumber(batch.failed)} failed
          </span>
        ) : null}
        <span className="ml-auto">
          <Time
            at={batch.startedAt ?? batch.createdAt}
            prefix={batch.startedAt ? 'started' : 'created'}
            className="relative"
          />
        </span>
      </p>
    </li>
  );
}

export function RunningBatchSkeleton() {
  return (
    <div aria-hidden="true" className="min-h-22 border-b px-3 py-3 last:border-b-0">
      <div className="flex h-6 items-center gap-3">
        <Skeleton className="w-48" />
        <Skeleton className="ml-auto w-10" />
      </div>
      <Skeleton className="mt-1.5 mb-2 h-2" />
      <div className="flex h-4 items-center">
        <Skeleton className="h-2.5 w-56" />
      </div>
    </div>
  );
}
