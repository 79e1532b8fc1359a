import { pool } from '@/lib/db/pool';
import { type Claim, claimJobs, findEarly } from '@/lib/domain/job/claim-jobs';
import { type Outcome, type Recorded, recordAndTake, type Taken as TakenRows } from '@/lib/domain/job/record-outcomes';
import type { TakeRequest } from '@/lib/domain/job/take-next';
import { findLostConsumers, registerConsumer } from '@/lib/domain/worker/nodes';
import { deliverAnew } from '@/lib/domain/worker/redeliver';
import { releaseConsumer, requeueLostClaims } from '@/lib/domain/worker/release-consumer';
import { classifyOutcome } from '@/workers/runtime/retry-policy';
import type { Entry, MemoryQueue } from './memory-queue';
import { PrefetchedRows } from './prefetched';
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
  readonly prefetched: PrefetchedRows;
  /** consumers with a blocked event loop: they do nothing, and their locks expire */
  readonly blocked = new Set<number>();

  constructor(
    private readonly queue: MemoryQueue,
    private readonly nodeId: number,
  ) {
    this.prefetched = new PrefetchedRows(() => queue.now());
  }

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
    const own = { consumer, consumerId: this.ids[consumer] ?? 0, chained: false };
    for (let i = 0; i < taken.length; i += SIZE) {
      const some = taken.slice(i, i + SIZE);
      const claims = await claimJobs(
        { consumerId: this.ids[consumer] ?? 0, quarantine: this.isQuarantine(consumer) },
        some.map(({ rowId, entry }) => ({ id: rowId, redelivered: entry.stalled > 0 })),
      );
      await this.findUncounted(claims, some);
      const byId = new Map(claims.map((c) => [c.id, c]));
      const early = await findEarly(
        some.map((t) => t.rowId).filter((id) => !byId.has(id)),
        { quarantine: this.isQuarantine(consumer) },
      );
      for (const { schedule, entry, rowId } of some) {
        const claim = byId.get(rowId);
        byId.delete(rowId);
        if (claim) {
          const token = this.grant(claim, lost ? undefined : this.newToken(claim));
          this.begins(schedule, claim);
          if (token) held.push({ ...own, schedule, entry, stalled: entry.stalled, claim, token });
        }
        // There is nothing to run: the delivery was a duplicate, and the queue removes it.
        const dueInMs = early.get(rowId);
        if (dueInMs !== undefined) this.queue.putOff(entry, entry.stalled, dueInMs);
        else if (!claim || lost) this.settle(entry, entry.stalled, schedule);
      }
    }
    return held;
  }

  /** An older delivery of a row that was reopened may run it before its batch enqueues it again: it is not counted. */
  private async findUncounted(claims: Claim[], taken: Taken[]): Promise<void> {
    const { rows } = await pool().query<{ id: string }>(
      `select j.id from job j join batch_dispatch d on d.batch_id = j.batch_id
       where j.id = any($1::uuid[]) and coalesce(j.seq, j.item_index + 1) > d.cursor`,
      [claims.map((c) => c.id)],
    );
    const ids = new Set(rows.map((r) => r.id));
    for (const { schedule, rowId } of taken) schedule.uncounted ||= ids.has(rowId);
  }

  /** Notes an attempt that Postgres granted. @returns its token, unless the response was lost @throws on a violation */
  private grant(claim: Claim, token: string | undefined): string | undefined {
    const before = this.granted.get(claim.id)?.attempt ?? 0;
    if (claim.attempt <= before) throw new Error(`attempt ${claim.attempt} was granted after ${before}`);
    this.granted.set(claim.id, { attempt: claim.attempt, token });
    return token;
  }

  private newToken(claim: Claim): string {
    this.tokens += 1;
    return `${claim.id}#${this.tokens}`;
  }

  /** Notes that an attempt starts. @throws on a violation */
  private begins(schedule: Schedule, claim: Claim): void {
    if (schedule.cancelled) throw new Error('an attempt started after its cancel was acknowledged');
    if (schedule.paused) throw new Error('an attempt started while its batch was paused');
    if (claim.attempt === 1) schedule.started(this.queue.now());
  }

  /**
   * An attempt ends. If its consumer prefetched a row of the batch, that one starts at once, and the outcome may be
   * recorded later.
   * @returns the attempt that started
   */
  finish(held: Held): Held | undefined {
    const outcome = outcomeOf(held);
    const row = !this.isQuarantine(held.consumer) && ends(outcome) ? this.prefetched.take(held) : undefined;
    const { ended: _, after: __, acknowledge: ___, ...delivery } = held;
    const successor = row && { ...delivery, claim: row.claim, token: row.token, chained: true, after: held };
    held.ended = { outcome, at: this.queue.now(), successor };
    if (row) this.begins(held.schedule, row.claim);
    return successor;
  }

  readonly isCurrent = (claim: Claim): boolean => claim.attempt >= (this.granted.get(claim.id)?.attempt ?? 0);

  /** Whether the outcome of an attempt may be recorded: its start was. */
  readonly mayRecord = ({ after, stale, acknowledge }: Held): boolean =>
    !acknowledge && !stale && (!after || after.acknowledge !== undefined);

  /**
   * Records outcomes, and takes the next rows of their batches. With `twice`, the first response is lost and the
   * statement repeated.
   * @returns the attempts that the taken rows began, in the deliveries of those that ended
   */
  async record(ending: Held[], twice: boolean): Promise<Held[]> {
    const begun: Held[] = [];
    for (const [consumerId, own] of groupBy(ending, (h) => h.consumerId)) {
      for (let i = 0; i < own.length; i += SIZE)
        begun.push(...(await this.recordOwn(consumerId, own.slice(i, i + SIZE), twice)));
    }
    return begun;
  }

  private async recordOwn(consumerId: number, some: Held[], twice: boolean): Promise<Held[]> {
    const outcomes = some.map((held) => this.reported(held));
    const chained = some.filter(
      (held, i) => !this.isQuarantine(held.consumer) && ends(outcomes[i]) && held.schedule.dice.chance(0.7),
    );
    const free = chained.filter((held) => !held.ended?.successor);
    const requests: TakeRequest[] = [...groupBy(chained, (h) => h.schedule)].map(([{ batchId, dice }, own]) => ({
      batchId,
      type: 'diagnostic',
      wanted: own.filter((held) => free.includes(held)).length,
      ahead: dice.chance(0.9) ? own.length : 0,
    }));
    const recording = { consumerId, outcomes, requests };
    let recorded: Recorded & TakenRows = await recordAndTake(recording);
    const begun = this.begin(recorded, chained, twice);
    if (twice) {
      recorded = await recordAndTake(recording);
      begun.push(...this.begin(recorded, chained, false));
    }
    this.confirm(some, recorded.refused);
    const became = new Map(recorded.changed.map((c) => [c.id, c.status]));
    some.forEach((held, at) => {
      const { kind, delayMs = 0 } = outcomes[at] as Outcome;
      const again = (kind === 'retry' || kind === 'defer') && became.get(held.claim.id) !== 'failed';
      held.acknowledge = again ? { retryInMs: delayMs } : 'complete';
    });
    return begun;
  }

  /** Successors have begun, unless their start was refused: then they are stale, and their outcomes are not recorded. */
  private confirm(some: Held[], refused: string[]): void {
    for (const { ended } of some) {
      const successor = ended?.successor;
      if (!successor) continue;
      if (refused.includes(successor.claim.id)) successor.stale = true;
      else this.grant(successor.claim, successor.token);
    }
  }

  private reported(held: Held): Outcome {
    if (!held.ended) this.finish(held);
    const { outcome, at, successor } = held.ended as NonNullable<Held['ended']>;
    if (!successor) return outcome;
    const { id, attempt } = successor.claim;
    return { ...outcome, successor: { id, attempt, startedMsAgo: this.queue.now() - at } };
  }

  /**
   * The taken rows run in the deliveries of the rows that ended, and prefetched ones wait. With `lost`, the consumer does
   * not know of them.
   */
  private begin({ taken }: TakenRows, chained: Held[], lost: boolean): Held[] {
    return taken.flatMap((claim) => {
      const before = chained.find((h) => h.schedule.batchId === claim.batch_id) as Held;
      const { acknowledge: _, ended: __, after: ___, ...delivery } = before;
      if (claim.prefetched) {
        if (!lost) this.prefetched.add({ ...delivery, claim, token: this.newToken(claim), at: this.queue.now() });
        return [];
      }
      const token = this.grant(claim, lost ? undefined : this.newToken(claim));
      this.begins(before.schedule, claim);
      return token ? [{ ...delivery, claim, token, chained: true }] : [];
    });
  }

  /** Acknowledges the deliveries after the record. A bundle is done when all of its rows are. */
  async acknowledge(held: Held, schedule: Schedule): Promise<void> {
    const { entry, stalled, acknowledge, consumer, chained, claim } = held;
    // Its row needs a delivery of its own.
    const innocent = (this.isQuarantine(consumer) || chained) && acknowledge !== 'complete';
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
    this.prefetched.drop(consumer);
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
      await requeueLostClaims(id, [...held, ...this.prefetched.idsOf(consumer)]);
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

const ends = (outcome: Outcome | undefined): boolean => outcome?.kind !== 'retry' && outcome?.kind !== 'defer';

function groupBy<T, K>(list: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
