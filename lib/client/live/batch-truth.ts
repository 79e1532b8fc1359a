import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchProgressEvent } from '@/lib/contracts/events';
import { isFinished } from '@/lib/contracts/status';

interface Held {
  batch: BatchDto;
  /** local moment up to which this is known to be the newest */
  seenAt: number;
  /** a new run was announced: the next counters may be lower */
  reopened: boolean;
}

/** What a server may add to a progress event, so that nothing needs to be asked for. */
export type ProgressEvent = BatchProgressEvent & Partial<Pick<BatchDto, 'run' | 'paused' | 'cancelMode'>>;
export type Verdict = 'newer' | 'older' | 'unknown';

const MAX_HELD = 3_000;
const done = (b: { completed: number; failed: number; cancelled: number }): number =>
  b.completed + b.failed + b.cancelled;

type Counted = Pick<BatchProgressEvent, 'status' | 'completed' | 'failed' | 'cancelled'> & { run?: number };

/** Whether `next` says something that must have been true before what `held` says: counters only grow within a run. */
export function isBehind(held: BatchDto, next: Counted): boolean {
  if (next.run !== undefined && next.run !== held.run) return next.run < held.run;
  const difference = done(next) - done(held);
  return difference < 0 || (difference === 0 && isFinished(held.status) && !isFinished(next.status));
}

/** A row of a list leaves long metadata out: it does not change, so what was read before is kept. */
function whole(batch: BatchDto, held: BatchDto | undefined): BatchDto {
  if (batch.metadataPreview === undefined || !held || held.metadataPreview !== undefined) return batch;
  const { metadataPreview, ...rest } = batch;
  return { ...rest, metadata: held.metadata };
}

/**
 * The newest known state of each batch, whatever way it came. Answers and events race each other; everything that is
 * shown goes through here, so that no screen goes back in time and two screens never disagree.
 */
export class BatchTruth {
  readonly #held = new Map<string, Held>();

  get(id: string): BatchDto | undefined {
    return this.#held.get(id)?.batch;
  }

  /** A full row from an answer to a request made at `askedAt`. Gives what to show. */
  absorb(batch: BatchDto, askedAt: number, now: number): BatchDto {
    const held = this.#held.get(batch.id);
    const surelyNewer = !held || askedAt >= held.seenAt;
    const kept = surelyNewer || !isBehind(held.batch, batch) ? whole(batch, held?.batch) : held.batch;
    this.#put({ batch: kept, seenAt: now, reopened: false });
    return kept;
  }

  /** Counters from an event. `older` is dropped; `unknown` means that the batch was never read. */
  apply(event: ProgressEvent, now: number): Verdict {
    const held = this.#held.get(event.batchId);
    if (!held) return 'unknown';
    if (!held.reopened && isBehind(held.batch, event)) return 'older';
    const { batchId: _, ...counters } = event;
    this.#put({ batch: { ...held.batch, ...counters }, seenAt: now, reopened: false });
    return 'newer';
  }

  /** The end of a run: nothing is open any more. */
  finish(
    event: Omit<BatchProgressEvent, 'progress' | 'active' | 'pending' | 'ratePerSecond' | 'etaSeconds'>,
    now: number,
  ) {
    const rest = { active: 0, pending: Math.max(0, event.total - done(event)), ratePerSecond: null, etaSeconds: null };
    return this.apply({ ...event, ...rest, progress: rest.pending === 0 ? 100 : 99 }, now);
  }

  /** A start or retry was announced: lower counters are news from now on. */
  reopen(id: string): void {
    const held = this.#held.get(id);
    if (held) held.reopened = true;
  }

  #put(held: Held): void {
    this.#held.delete(held.batch.id);
    this.#held.set(held.batch.id, held);
    if (this.#held.size <= MAX_HELD) return;
    const oldest = this.#held.keys().next();
    if (!oldest.done) this.#held.delete(oldest.value);
  }
}
