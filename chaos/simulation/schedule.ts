import { pool } from '@/lib/db/pool';
import type { Claim } from '@/lib/domain/job/claim-jobs';
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

  constructor(readonly seed: number) {
    this.dice = new Random(seed);
    this.batchId = this.dice.uuid();
    this.rowIds = Array.from({ length: 2 + this.dice.below(5) }, () => this.dice.uuid());
  }
}

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
      schedules.map((s) => JSON.stringify(s.dice.chance(0.3) ? { concurrency: 1 + s.dice.below(3) } : {})),
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
