'use client';

import { useEffect, useRef, useState } from 'react';
import {
  formatDuration,
  formatElapsed,
  formatEta,
  formatNumber,
  formatPercent,
  formatRate,
} from '@/components/ui/format';
import { endedParts, Progress } from '@/components/ui/progress';
import { batchLook } from '@/components/ui/status';
import { Time, useNow } from '@/components/ui/time';
import type { BatchDto } from '@/lib/contracts/batch';
import { doneOf } from '@/lib/contracts/progress';
import { isFinished } from '@/lib/contracts/status';

/** The progress of a batch: a percentage, a bar, and the estimate. */
export function BatchProgress({ batch }: { batch: BatchDto }) {
  const finished = isFinished(batch.status);
  const done = doneOf(batch);
  // Announced items belong to the total before they arrive.
  const whole = batch.sealed ? batch.total : Math.max(batch.total, batch.announced ?? 0);
  const percent = formatPercent(batch.progress, finished && done === batch.total, done > 0);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <p className="font-semibold text-2xl tracking-tight" data-testid="percent">
          {batch.status === 'cancelled' ? `Cancelled at ${percent}` : percent}
        </p>
        <p className="text-muted text-sm">
          <span className="text-ink">{formatNumber(done)}</span> of {formatNumber(whole)}
          {whole > batch.total ? ` announced, ${formatNumber(batch.total)} received` : ''}
          {batch.status === 'cancelled'
            ? ` ran · ${formatNumber(batch.cancelled)} did not ${batch.cancelMode === 'force' ? 'finish' : 'start'}`
            : ''}
        </p>
        <div className="ml-auto flex flex-wrap justify-end gap-x-4 text-muted text-sm max-sm:ml-0 max-sm:w-full max-sm:justify-start">
          <Pace batch={batch} finished={finished} done={done} />
        </div>
      </div>
      <Progress
        label={`Progress of ${batch.name}`}
        total={whole}
        size="lg"
        parts={[...endedParts(batch), { status: 'active', value: batch.active }]}
      />
      <Announcement
        text={`${percent}, ${formatNumber(done)} of ${formatNumber(whole)}, ${formatNumber(batch.failed)} failed`}
      />
    </div>
  );
}

function Pace({ batch, finished, done }: { batch: BatchDto; finished: boolean; done: number }) {
  if (finished) {
    const took =
      batch.startedAt && batch.finishedAt ? Date.parse(batch.finishedAt) - Date.parse(batch.startedAt) : null;
    return (
      <>
        {took !== null ? <span>took {formatDuration(took)}</span> : null}
        {batch.ratePerSecond ? <span>{formatRate(batch.ratePerSecond)} on average</span> : null}
      </>
    );
  }
  if (batch.status === 'pending') return <span>not started</span>;
  if (!batch.sealed && done === batch.total) return <span>waiting for more items</span>;
  if (batch.paused) return <span>paused{batch.active > 0 ? ', running items finish' : ''}</span>;
  if (batchLook(batch).mark === 'delayed' && batch.notBefore && (!batch.wakesAt || batch.wakesAt === batch.notBefore)) {
    return <Time at={batch.notBefore} prefix="first item due" />;
  }
  return (
    <>
      {batch.startedAt ? <Running since={batch.startedAt} /> : null}
      {batch.ratePerSecond ? <span className="text-ink">{formatRate(batch.ratePerSecond)}</span> : null}
      <span>{formatEta(batch.etaSeconds, done, batch.total)}</span>
    </>
  );
}

function Running({ since }: { since: string }) {
  const now = useNow(1_000);
  if (now === null) return null;
  return <span className="max-sm:hidden">running {formatElapsed(now - Date.parse(since))}</span>;
}

/** Announces the progress to screen readers, at intervals that leave time to listen. */
function Announcement({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}
