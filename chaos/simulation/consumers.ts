import { pool } from '@/lib/db/pool';
import { claimJobs, findEarly } from '@/lib/domain/job/claim-jobs';
import { type Outcome, type Recorded, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { findLostConsumers, registerConsumer } from '@/lib/domain/worker/nodes';
import { deliverAnew } from '@/lib/domain/worker/redeliver';
import { releaseConsumer, requeueLostClaims } from '@/lib/domain/worker/release-consumer';
import { classifyOutcome } from '@/workers/runtime/retry-policy';
import type { Entry, MemoryQueue } from './memory-queue';
import type { Held, Schedule } from './schedule';

/** The last of these runs suspects. */
export const CONSUMERS = 4;
const LOCK_MS = 1500;
const SIZE = 1000;

export interface Taken {
  schedule: Schedule;
  entry: Entry;
  rowId: string;
}

/** The consumers of the simulation: what they take, claim, record and acknowledge, and how they die. */
export class Consumers {
  private ids: number[] = [];
  private tokens = 0;
  /** the attempt that was granted last for a row: only it may end the row well */
  readonly granted = new Map<string, { attempt: number; token: string | undefined }>();
  /** attempts of processes that were frozen and given up, and that will speak once more */
  ghosts: Held[] = [];
  /** consumers whose event loop stands still: they do nothing, and their locks run out */
  readonly blocked = new Set<number>();

  constructor(
    private readonly queue: MemoryQueue,
    private readonly nodeId: number,
  ) {}

  async start(): Promise<void> {
    for (let i = 0; i < CONSUMERS; i += 1) this.ids.push(await registerConsumer(this.nodeId));
  }

  readonly isQuarantine = (consumer: number): boolean => consumer === CONSUMERS - 1;

  lock(entry: Entry): void {
    this.queue.take(entry, LOCK_MS);
  }

  /** Live consumers keep the locks of what they hold; a blocked one doesn't come to it. */
  renew(held: Held[]): void {
    for (const { entry, stalled, consumer } of held) {
      if (!this.blocked.has(consumer) && entry.stalled === stalled && entry.state === 'active') this.lock(entry);
    }
  }

  /** Claims what was taken. With `lost`, Postgres does so and the consumer never hears of it. */
  async claim(consumer: number, taken: Taken[], lost: boolean): Promise<Held[]> {
    const held: Held[] = [];
    for (let i = 0; i < taken.length; i += SIZE) {
      const some = taken.slice(i, i + SIZE);
      const claims = await claimJobs(
        { consumerId: this.ids[consumer] ?? 0, quarantine: this.isQuarantine(consumer) },
        some.map(({ rowId, entry }) => ({ id: rowId, redelivered: entry.stalled > 0 })),
      );
      const byId = new Map(claims.map((c) => [c.id, c]));
      const early = await findEarly(
        some.map((t) => t.rowId).filter((id) => !byId.has(id)),
        { quarantine: this.isQuarantine(consumer) },
      );
      for (const { schedule, entry, rowId } of some) {
        const claim = byId.get(rowId);
        byId.delete(rowId);
        if (claim) {
          this.tokens += 1;
          const token = lost ? undefined : `${claim.id}#${this.tokens}`;
          const before = this.granted.get(rowId)?.attempt ?? 0;
          if (claim.attempt <= before) throw new Error(`attempt ${claim.attempt} was granted after ${before}`);
          this.granted.set(rowId, { attempt: claim.attempt, token });
          if (schedule.cancelled) throw new Error('an attempt started after its cancel was acknowledged');
          if (schedule.paused) throw new Error('an attempt started while its batch was paused');
          if (token) held.push({ schedule, entry, stalled: entry.stalled, claim, token, consumer });
        }
        // Nothing to run: the delivery was a duplicate, and the queue forgets it.
        const dueInMs = early.get(rowId);
        if (dueInMs !== undefined) this.queue.putOff(entry, entry.stalled, dueInMs);
        else if (!claim || lost) this.settle(entry, entry.stalled, schedule);
      }
    }
    return held;
  }

  /** Records how attempts ended. With `twice`, the first answer is lost and the statement repeated. */
  async record(ending: Held[], twice: boolean): Promise<void> {
    for (let i = 0; i < ending.length; i += SIZE) {
      const some = ending.slice(i, i + SIZE);
      const outcomes = some.map(outcomeOf);
      let recorded: Recorded = await recordOutcomes(outcomes);
      if (twice) recorded = await recordOutcomes(outcomes);
      const became = new Map(recorded.changed.map((c) => [c.id, c.status]));
      some.forEach((held, at) => {
        const { kind, delayMs = 0 } = outcomes[at] as Outcome;
        const again = (kind === 'retry' || kind === 'defer') && became.get(held.claim.id) !== 'failed';
        held.acknowledge = again ? { retryInMs: delayMs } : 'complete';
      });
    }
  }

  /** Only now does the queue learn how it ended. A bundle is done when all of it is. */
  async acknowledge(held: Held, schedule: Schedule): Promise<void> {
    const { entry, stalled, acknowledge, consumer, claim } = held;
    const innocent = this.isQuarantine(consumer) && acknowledge !== 'complete';
    if (innocent) await deliverAnew(claim.id);
    if (innocent || acknowledge === 'complete') this.settle(entry, stalled, schedule);
    else if (acknowledge) this.queue.retry(entry, stalled, acknowledge.retryInMs);
  }

  private settle(entry: Entry, stalled: number, schedule: Schedule): void {
    if (!schedule.held.some((h) => h.entry === entry && h.acknowledge === undefined))
      this.queue.complete(entry, stalled);
  }

  /** The process is gone, or only frozen: then what it held speaks later, when nobody listens any more. */
  async die(consumer: number, schedules: Schedule[], frozen: boolean): Promise<void> {
    const id = this.ids[consumer] ?? 0;
    for (const schedule of schedules) {
      const gone = schedule.held.filter((h) => h.consumer === consumer);
      if (gone.length === 0) continue;
      schedule.held = schedule.held.filter((h) => h.consumer !== consumer);
      if (frozen) this.ghosts.push(...gone.filter((h) => h.acknowledge === undefined));
    }
    await releaseConsumer(id, 'crashed', 'SIGKILL');
    // Two supervisors may notice the same death.
    await releaseConsumer(id, 'crashed', 'SIGKILL');
    this.blocked.delete(consumer);
    this.ids[consumer] = await registerConsumer(this.nodeId);
  }

  /** What a supervisor does every few seconds: for its own consumers, and for those that died before a hand-over. */
  async reconcile(schedules: Schedule[]): Promise<void> {
    await pool().query('update node set last_seen_at = now() where id = $1', [this.nodeId]);
    for (const id of await findLostConsumers()) await releaseConsumer(id, 'stopped', 'lost');
    for (const [consumer, id] of this.ids.entries()) {
      const held = schedules.flatMap((s) => s.held.filter((h) => h.consumer === consumer).map((h) => h.claim.id));
      await requeueLostClaims(id, held);
    }
  }
}

/** How an attempt ends is decided by the dice of its schedule, and what that means by the product. */
function outcomeOf({ schedule, claim, token }: Held): Outcome {
  const base = { id: claim.id, batchId: claim.batch_id, attempt: claim.attempt };
  const dice = schedule.dice.next();
  if (dice < 0.7) return { ...base, kind: 'completed', result: { token } };
  const aborted = dice > 0.97 && schedule.cancelled ? 'cancel' : undefined;
  return { ...base, ...classifyOutcome(claim, aborted, new Error('refused'), () => dice) };
}
