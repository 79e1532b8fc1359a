'use client';

import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Time } from '@/components/ui/time';
import { describeError, isApiError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useRunningBatches } from '@/lib/client/queries/batches';
import { useCapacity, useStuckBatches } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import { isFinished } from '@/lib/contracts/status';
import { capacityReason, type Situation } from './batch-gates';
import { BudgetNotice } from './budget-notice';
import type { BatchActions } from './use-batch-actions';

/** Notices about the batch: why it waits, why it stopped, and which action was refused. */
export function BatchNotices({
  batch,
  situation,
  actions,
  onExamine,
}: {
  batch: BatchDto;
  situation: Situation;
  actions: BatchActions;
  onExamine: () => void;
}) {
  const { data: capacity } = useCapacity();
  const lacksWorker = batch.lacksWorker && !isFinished(batch.status);
  const waits = batch.queuedAt !== null && !lacksWorker && !batch.paused && !isFinished(batch.status);
  const idle = batch.holdsSlot && capacity?.workers.length === 0;
  return (
    <>
      {batch.pausedWhy && batch.pausedWhy !== 'by-hand' ? (
        <BudgetNotice
          key={batch.pausedAt}
          batch={batch}
          why={batch.pausedWhy}
          situation={situation}
          actions={actions}
        />
      ) : null}
      {lacksWorker ? (
        <Notice tone="warning" title="Waiting for a worker">
          No running worker has the type <code>{batch.type}</code>. The batch holds no slot, and{' '}
          {batch.status === 'pending' && batch.queuedAt === null ? 'can start' : 'continues by itself'} when one has it.{' '}
          <Link className="text-accent underline underline-offset-2" href={links.workers()}>
            See the workers
          </Link>
        </Notice>
      ) : null}
      {waits ? <Waiting batch={batch} situation={situation} /> : null}
      {batch.wakesAt && !batch.paused ? (
        <Notice title="Waiting for a later time">
          All open items wait for a later time, so the batch holds no slot. It continues <Time at={batch.wakesAt} />.
        </Notice>
      ) : null}
      {idle ? (
        <Notice tone="warning" title="No worker is connected">
          Items wait until one starts. Nothing is lost.
        </Notice>
      ) : null}
      {idle ? null : <LooksStuck batch={batch} onExamine={onExamine} />}
      {batch.stopReason ? (
        <Notice tone="warning" title="Stopped automatically">
          {stopWords(batch)}
        </Notice>
      ) : null}
      {actions.error ? <Refusal error={actions.error} situation={situation} actions={actions} /> : null}
    </>
  );
}

/** Returns a text about the limit that was exceeded if it is known, else the server's text. */
function stopWords({ stopReason, options }: BatchDto): string | null {
  const limit = options.stopOnFailureRate;
  if (limit === undefined) return stopReason;
  return `More than ${formatNumber(limit * 100)}% of its items had failed. Items that had not started were cancelled.`;
}

/** A warning that the doctor's check reported the batch as stuck. A slow batch shows no warning. */
function LooksStuck({ batch, onExamine }: { batch: BatchDto; onExamine: () => void }) {
  const open = !isFinished(batch.status);
  const { data: stuck } = useStuckBatches({ enabled: open });
  const found = open ? stuck?.find(({ batchId }) => batchId === batch.id) : undefined;
  if (!found) return null;
  return (
    <Notice
      tone="warning"
      title="This batch looks stuck"
      actions={
        <Button size="sm" onClick={onExamine}>
          Examine batch
        </Button>
      }
    >
      {found.reasons.map(({ message }) => message).join(' ')} Its last progress was <Time at={found.since} />.
    </Notice>
  );
}

function Occupants() {
  const running = useRunningBatches();
  return running.map((batch, i) => (
    <span key={batch.id}>
      {i > 0 ? ', ' : ''}
      <Link className="text-accent underline underline-offset-2" href={links.batch(batch.id)}>
        {batch.name}
      </Link>
    </span>
  ));
}

function Waiting({ batch, situation }: { batch: BatchDto; situation: Situation }) {
  const { queuedAt, status } = batch;
  const full = capacityReason(situation.capacity);
  if (situation.capacity?.paused) {
    return (
      <Notice title="Waiting for the resume">
        Everything is paused. It {status === 'pending' ? 'starts' : 'continues'} after the resume, as soon as a slot is
        free.
      </Notice>
    );
  }
  return (
    <Notice title="Waiting for a free slot">
      Queued {queuedAt ? <Time at={queuedAt} /> : null}. It {status === 'pending' ? 'starts' : 'continues'}{' '}
      automatically.{' '}
      {full ? (
        <>
          Running now: <Occupants />.
        </>
      ) : null}
    </Notice>
  );
}

function Refusal({ error, situation, actions }: { error: Error; situation: Situation; actions: BatchActions }) {
  const full = isApiError(error, 'capacity-reached');
  // The notice changes by itself: when a slot is free, the refusal is out of date.
  if (full && capacityReason(situation.capacity) === null && situation.capacity) {
    return (
      <Notice
        title="A slot is free again"
        actions={
          <Button size="sm" variant="primary" onClick={() => actions.start('now')}>
            Start now
          </Button>
        }
      />
    );
  }
  return (
    <Notice
      tone={full ? 'warning' : 'error'}
      title={full ? (capacityReason(situation.capacity) ?? 'At capacity') : 'The request was refused'}
      actions={
        <>
          {full && situation.batch.status === 'pending' ? (
            <Button size="sm" onClick={() => actions.start('queue')}>
              Queue instead
            </Button>
          ) : null}
          <Button size="sm" variant="ghost" onClick={actions.dismiss}>
            Dismiss
          </Button>
        </>
      }
    >
      {full ? (
        <>
          Running now: <Occupants />
        </>
      ) : (
        describeError(error)
      )}
    </Notice>
  );
}
