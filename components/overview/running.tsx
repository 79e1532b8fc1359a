'use client';

import { useEffect, useRef, useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { formatEta, formatPercent } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { useBatches } from '@/lib/client/queries/batches';
import { useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import { doneOf } from '@/lib/contracts/progress';
import type { BatchStatus } from '@/lib/contracts/status';
import { RunningBatch, RunningBatchSkeleton } from './running-batch';

const RUNNING: readonly BatchStatus[] = ['in-progress'];
const PENDING: readonly BatchStatus[] = ['pending'];

/** Returns the running batches in the server's order, and the batches that wait for capacity. */
export function useRunning() {
  const running = useBatches({ status: RUNNING }, { limit: 20 });
  const pending = useBatches({ status: PENDING }, { limit: 20 });
  const active = running.data?.pages.flatMap((page) => page.batches).filter((b) => b.status === 'in-progress') ?? [];
  const queued = pending.data?.pages
    .flatMap((page) => page.batches)
    .filter((b) => b.status === 'pending' && b.queuedAt !== null);
  return { running, active, queued: queued ?? [] };
}

/** The running batches. */
export function RunningPanel() {
  const { running, active, queued } = useRunning();
  const canLaunch = roleReason(useViewer().data, 'batch.launch') === null;
  const body = () => {
    if (running.isPending) return <RunningBatchSkeleton />;
    if (running.isError && active.length === 0) {
      return (
        <ErrorState
          title="The running batches could not be read"
          detail={describeError(running.error)}
          onRetry={() => void running.refetch()}
          retrying={running.isFetching}
        />
      );
    }
    if (active.length + queued.length === 0) {
      return (
        // The height of one running batch, so that the content below does not move when a batch starts or ends.
        <p className="flex min-h-22 items-center justify-center gap-1 px-3 text-muted text-sm">
          Nothing is running.
          {canLaunch ? (
            <Link href="/batches/new" className="text-accent hover:underline">
              Launch a batch
            </Link>
          ) : null}
        </p>
      );
    }
    return (
      <ul>
        {[...active, ...queued].map((batch) => (
          <RunningBatch key={batch.id} batch={batch} />
        ))}
      </ul>
    );
  };
  return (
    <Panel title="Running" flush>
      {body()}
      <Announce batches={active} />
    </Panel>
  );
}

const EVERY_MS = 20_000;

/** Announces the progress of running batches to screen readers every 20 seconds. */
function Announce({ batches }: { batches: readonly BatchDto[] }) {
  const [text, setText] = useState('');
  const latest = useRef(batches);
  latest.current = batches;
  useEffect(() => {
    const say = () => {
      const words = latest.current.map((b) => {
        const done = doneOf(b);
        return `${b.name}: ${formatPercent(b.progress, false, done > 0)}, ${formatEta(b.etaSeconds, done, b.total)}`;
      });
      setText(words.join('. '));
    };
    const timer = setInterval(say, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
