import { formatDuration, formatNumber } from '@/components/ui/format';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { StatusMark } from '@/components/ui/status-mark';
import { describeError } from '@/lib/client/api';
import { useSlowness } from '@/lib/client/queries/compare';
import type { BatchDto } from '@/lib/contracts/batch';
import type { SlowDto, TimeShare } from '@/lib/contracts/slow';
import { CAUSE_WORDS, estimatedWords, limiterWords } from './limiter-words';

interface ExplanationProps {
  batch: BatchDto;
  onOpen: (jobId: string) => void;
}

/** Where the time of a batch goes: its limit, its shares, and the slowest items. */
export function Explanation({ batch, onOpen }: ExplanationProps) {
  const { data: slow, error, isFetching, refetch } = useSlowness(batch);
  if (error && !slow) {
    return (
      <ErrorState
        title="Where its time goes could not be read"
        detail={describeError(error)}
        onRetry={() => void refetch()}
        retrying={isFetching}
      />
    );
  }
  if (!slow) return <Skeleton className="m-3 w-2/3" />;
  const words = limiterWords(slow);
  if (!words) return <p className="px-3 py-2 text-muted text-sm">Nothing has happened yet.</p>;
  const estimated = estimatedWords(slow);
  return (
    <div className="flex flex-col gap-3 p-3">
      <p className="text-sm">
        <strong className="font-medium">{words.sentence}</strong> {words.advice}
      </p>
      <Shares slow={slow} />
      <p className="text-muted text-xs">
        Of {formatDuration(slow.elapsedMs)}
        {slow.isRunning ? ' until now' : ''}: each moment is divided among what its open items did.{' '}
        {slow.work.failedMs > 0
          ? `${formatDuration(slow.work.failedMs)} of ${formatDuration(slow.work.totalMs)} of work went into attempts that did not complete. `
          : ''}
        {estimated}
      </p>
      {slow.types.length > 1 ? <Types types={slow.types} /> : null}
      <Slowest items={slow.slowest} onOpen={onOpen} />
    </div>
  );
}

/** Below this share a part of the bar would be too small to be seen. */
const SEEN = 0.005;

function Shares({ slow }: { slow: SlowDto }) {
  return (
    <>
      <div className="flex h-3 gap-px overflow-hidden rounded-sm bg-canvas" aria-hidden="true">
        {slow.shares
          .filter(({ share }) => share >= SEEN)
          .map(({ cause, share }) => (
            <span key={cause} className={toneOf(cause)} style={{ width: `${share * 100}%` }} />
          ))}
      </div>
      <ul className="grid gap-x-4 gap-y-0.5 text-sm sm:grid-cols-2" aria-label="Shares of the time">
        {slow.shares.map(({ cause, ms, share }) => (
          <li key={cause} className="flex items-center gap-2">
            <span className={`size-2 shrink-0 rounded-sm ${toneOf(cause)}`} aria-hidden="true" />
            <span className="min-w-0 flex-1 truncate">{CAUSE_WORDS[cause]}</span>
            <span className="text-muted text-xs tabular-nums">{formatDuration(ms)}</span>
            <span className="w-12 text-right tabular-nums">{percent(share)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

const percent = (share: number): string => (share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`);

/** Work is blue as active work is everywhere; a retry has the color of a failure; the rest are waits, in greys. */
function toneOf(cause: TimeShare['cause']): string {
  if (cause === 'work') return 'bg-status-active';
  if (cause === 'retries') return 'bg-status-failed';
  if (cause === 'paused' || cause === 'start' || cause === 'items') return 'bg-line-strong';
  return cause === 'queue' ? 'bg-line' : 'bg-muted';
}

function Types({ types }: { types: SlowDto['types'] }) {
  return (
    <ul className="text-sm" aria-label="By job type">
      {types.map(({ type, items, meanMs, totalMs }) => (
        <li key={type}>
          <code className="font-mono text-xs">{type}</code>: {formatNumber(items)} items, {formatDuration(meanMs)} on
          average, {formatDuration(totalMs)} together
        </li>
      ))}
    </ul>
  );
}

function Slowest({ items, onOpen }: { items: SlowDto['slowest']; onOpen: (jobId: string) => void }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 font-medium text-xs">Slowest items</h3>
      <ol className="text-sm">
        {items.map(({ jobId, index, name, status, durationMs, attempts }) => (
          <li key={jobId} className="flex items-center gap-2">
            <StatusMark status={status} still />
            <button
              type="button"
              className="min-w-0 flex-1 truncate text-left text-accent hover:underline"
              onClick={() => onOpen(jobId)}
            >
              {index === null ? '' : `#${index + 1} `}
              {name}
            </button>
            {attempts > 1 ? <span className="text-muted text-xs">{attempts} attempts</span> : null}
            <span className="tabular-nums">{formatDuration(durationMs)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
