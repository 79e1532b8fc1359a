import { pool } from '@/lib/db/pool';
import { claimJobs, findEarly } from '@/lib/domain/job/claim-jobs';
import { type Outcome, type Recorded, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { findLostConsumers, registerConsumer } from '@/lib/domain/worker/nodes';
import { deliverAnew } from '@/lib/domain/worker/redeliver';
import { releaseConsumer, requeueLostClaims } from '@/lib/domain/worker/release-consumer';
import { classifyOutcome } from '@/workers/runtime/retry-policy';
import type { Entry, MemoryQueue } from './memory-queue';
import type { Held, Schedule } from './schedule';

/** The last of these consumers runs the quarantine. */
export const CONSUMERS = 4;
const LOCK_MS = 1500;
const SIZE = 1000;

export interface Taken {
  schedule: Schedule;
  entry: Entry;
  rowId: string;
}

/** The consumers of the simulation: they take, claim, record and acknowledge deliveries, and they die. */
export class Consumers {
  private ids: number[] = [];
  private tokens = 0;
  /** the current attempt of each row: only this one may complete the row */
  readonly granted = new Map<string, { attempt: number; token: string | undefined }>();
  /** attempts of frozen processes that were declared dead; their stale outcomes arrive later */
  ghosts: Held[] = [];
  /** consumers with a blocked event loop: they do nothing, and their locks expire */
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

  /** Live consumers renew the locks of their deliveries; blocked ones cannot. */
  renew(held: Held[]): void {
    for (const { entry, stalled, consumer } of held) {
      if (!this.blocked.has(consumer) && entry.stalled === stalled && entry.state === 'active') this.lock(entry);
    }
  }

  /** Claims the taken deliveries. With `lost`, Postgres commits the claim and its response is lost. */
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
        // There is nothing to run: the delivery was a duplicate, and the queue removes it.
        const dueInMs = early.get(rowId);
        if (dueInMs !== undefined) this.queue.putOff(entry, entry.stalled, dueInMs);
        else if (!claim || lost) this.settle(entry, entry.stalled, schedule);
      }
    }
    return held;
  }

  /** Records outcomes. With `twice`, the first response is lost and the statement repeated. */
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

  /** Acknowledges the deliveries after the record. A bundle is done when all of its rows are. */
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

  /** Ends a process, or freezes it: then its stale outcomes arrive after it was declared dead. */
  async die(consumer: number, schedules: Schedule[], frozen: boolean): Promise<void> {
    const id = this.ids[consumer] ?? 0;
    for (const schedule of schedules) {
      const gone = schedule.held.filter((h) => h.consumer === consumer);
      if (gone.length === 0) continue;
      schedule.held = schedule.held.filter((h) => h.consumer !== consumer);
      if (frozen) this.ghosts.push(...gone.filter((h) => h.acknowledge === undefined));
    }
    await releaseConsumer(id, 'crashed', 'SIGKILL');
    // Two supervisors may detect the same death.
    await releaseConsumer(id, 'crashed', 'SIGKILL');
    this.blocked.delete(consumer);
    this.ids[consumer] = await registerConsumer(this.nodeId);
  }

  /** The periodic work of a supervisor: for its own consumers, and for those that died without a supervisor. */
  async reconcile(schedules: Schedule[]): Promise<void> {
    await pool().query('update node set last_seen_at = now() where id = $1', [this.nodeId]);
    for (const id of await findLostConsumers()) await releaseConsumer(id, 'stopped', 'lost');
    for (const [consumer, id] of this.ids.entries()) {
      const held = schedules.flatMap((s) => s.held.filter((h) => h.consumer === consumer).map((h) => h.claim.id));
      await requeueLostClaims(id, held);
    }
  }
}

/** The schedule's random numbers choose how an attempt ends; the product's code decides what follows. */
function outcomeOf({ schedule, claim, token }: Held): Outcome {
  const base = { id: claim.id, batchId: claim.batch_id, attempt: claim.attempt };
  const dice = schedule.dice.next();
  if (dice < 0.7) return { ...base, kind: 'completed', result: { token } };
  const aborted = dice > 0.97 && schedule.cancelled ? 'cancel' : undefined;
  return { ...base, ...classifyOutcome(claim, aborted, new Error('refused'), () => dice) };
}
