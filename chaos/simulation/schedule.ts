import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import type { Outcome } from '@/lib/domain/job/record-outcomes';
import type { Entry } from './memory-queue';
import { Random } from './random';

/** An attempt of a simulated consumer. */
export interface Held {
  schedule: Schedule;
  entry: Entry;
  /** the delivery's stall count when it was taken: acknowledgements with an older lock have no effect */
  stalled: number;
  claim: Claim;
  /** the unique result of this attempt */
  token: string;
  consumer: number;
  /** its row in the database, as it was when the attempt began */
  consumerId: number;
  /** the row has no delivery of its own: it was taken when another row of the delivery ended */
  chained: boolean;
  /** it has ended, and the outcome may not be recorded yet; `successor` has started in its place */
  ended?: { outcome: Outcome; at: number; successor: Held | undefined };
  /** it started in place of this one, whose record comes first */
  after?: Held;
  /** its start was refused: its outcome is discarded */
  stale?: boolean;
  /** the outcome is recorded, and not yet acknowledged to the queue */
  acknowledge?: 'complete' | { retryInMs: number };
}

/** One batch with its own random numbers, which decide what happens to it and when. */
export class Schedule {
  readonly dice: Random;
  readonly batchId: string;
  readonly rowIds: string[];
  held: Held[] = [];
  /** a cancel was acknowledged, and no job was retried since */
  cancelled = false;
  paused = false;
  open = true;
  /** the last counters, and whether they may have decreased since */
  seen = 0;
  reopened = false;

  readonly options: BatchOptions;
  /** rows run that its dispatcher has not counted: it died before its commit, or an older delivery was still there */
  uncounted = false;
  private starts = 0;

  /** How many rows run in the simulated processes: the current attempts that have not ended. */
  countRunning(isCurrent: (claim: Claim) => boolean): number {
    // Where the row before was taken over, the start of its successor will be refused.
    const isStale = ({ after }: Held) => after !== undefined && !after.acknowledge && !isCurrent(after.claim);
    const running = this.held.filter((h) => !h.acknowledge && !h.ended && isCurrent(h.claim) && !isStale(h));
    return new Set(running.map((h) => h.claim.id)).size;
  }

  /** The probability, per tick, that an attempt ends. With a rate, attempts last until the next row may start. */
  get pace(): number {
    return this.options.ratePerMinute ? 0.1 : 0.5;
  }

  /** @param beganAt the simulated time of its launch */
  constructor(
    readonly seed: number,
    private readonly beganAt: number,
  ) {
    this.dice = new Random(seed);
    this.batchId = this.dice.uuid();
    this.rowIds = Array.from({ length: 2 + this.dice.below(7) }, () => this.dice.uuid());
    this.options = {
      ...(this.dice.chance(0.5) ? { concurrency: 1 + this.dice.below(3) } : {}),
      ...(this.dice.chance(0.15) ? { ratePerMinute: RATE_PER_MINUTE } : {}),
    };
  }

  /** A row started for the first time. @throws if the rate does not allow it yet */
  started(now: number): void {
    const allowedAt = this.beganAt + (this.starts * 60_000) / RATE_PER_MINUTE;
    this.starts += 1;
    if (this.options.ratePerMinute && !this.uncounted && now < allowedAt)
      throw new Error('a row started before its rate allowed it');
  }
}

/** One start in four seconds. */
const RATE_PER_MINUTE = 15;

/** Inserts all batches at once, in the state after a launch. */
export async function seed(schedules: Schedule[], organizationId: string): Promise<void> {
  const rows = schedules.flatMap((s) => s.rowIds.map((id, index) => ({ id, index, s })));
  await pool().query(
    `insert into batch (id, organization_id, type, name, status, total, options, correlation_id, run, started_at)
     select id, $2, 'diagnostic', 'simulated', 'in-progress', total, options::json, 'simulated', 1, now()
     from unnest($1::uuid[], $3::int[], $4::text[]) as b(id, total, options)`,
    [
      schedules.map((s) => s.batchId),
      organizationId,
      schedules.map((s) => s.rowIds.length),
      schedules.map((s) => JSON.stringify(s.options)),
    ],
  );
  await pool().query(
    `insert into batch_dispatch (batch_id, initial, last_seq)
     select id, total, total from unnest($1::uuid[], $2::int[]) as b(id, total)`,
    [schedules.map((s) => s.batchId), schedules.map((s) => s.rowIds.length)],
  );
  await pool().query(
    `insert into job (id, organization_id, type, status, batch_id, item_index, max_attempts, backoff, data)
     select id, $2, 'diagnostic', 'pending', batch_id, place, attempts, json_build_object('type', 'fixed', 'delay', delay), '{}'
     from unnest($1::uuid[], $3::uuid[], $4::int[], $5::int[], $6::int[]) as j(id, batch_id, place, attempts, delay)`,
    [
      rows.map((r) => r.id),
      organizationId,
      rows.map((r) => r.s.batchId),
      rows.map((r) => r.index),
      rows.map((r) => 1 + r.s.dice.below(3)),
      // The long-delayed batch does not keep its slot meanwhile.
      rows.map((r) => (r.s.dice.chance(0.2) ? 8000 : 400)),
    ],
  );
}

/** Returns the unfinished rows of a batch, for debugging. */
export async function describe(batchId: string): Promise<string> {
  const { rows } = await pool().query<{ state: string }>(
    `select json_build_object('batch', b.status, 'paused', b.paused, 'cancel', b.cancel_mode, 'cursor', d.cursor,
       'options', b.options, 'lastSeq', d.last_seq, 'holes', d.holes, 'reach', d.reach, 'open', (
         select json_agg(json_build_object('status', j.status, 'index', j.item_index, 'seq', j.seq, 'attempt', j.attempt,
           'delivery', j.delivery, 'consumer', j.consumer_id, 'quarantined', j.quarantined, 'crashes', j.crashes))
         from job j where j.batch_id = b.id and j.outcome is null))::text as state
     from batch b join batch_dispatch d on d.batch_id = b.id where b.id = $1`,
    [batchId],
  );
  return rows[0]?.state ?? 'its row is gone';
}
