import { pool } from '@/lib/db/pool';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { type LaunchInput, launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { type Outcome, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { asItems } from './items';

/**
 * Launches `count` diagnostic items whose payloads are their numbers, to start at once unless `fields` sets otherwise.
 */
export const launchItems = (
  context: Context,
  count: number,
  fields: Partial<LaunchInput['fields']> = {},
  idempotencyKey?: string,
) =>
  launchBatch(context, {
    fields: { name: 'items', type: 'diagnostic', start: 'now', ...fields },
    items: asItems(Array.from({ length: count }, (_, i) => ({ payload: i }))),
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });

/** Replaces a consumer: enqueues, claims and records in rounds until no row is unfinished. */
export async function runBatch(
  batchId: string,
  kind: (index: number) => Outcome['kind'] = () => 'completed',
  resultOf: (data: unknown) => unknown = () => 1,
) {
  for (let round = 0; round < 20; round += 1) {
    await dispatchBatch(batchId, 100);
    const { rows } = await pool().query<{ id: string; item_index: number }>(
      `select id, item_index from job where batch_id = $1 and status in ('pending', 'delayed') order by item_index`,
      [batchId],
    );
    if (rows.length === 0) return;
    const claims = await claimJobs(
      { consumerId: 1, quarantine: false },
      rows.map((r) => ({ id: r.id, redelivered: false })),
    );
    const index = new Map(rows.map((r) => [r.id, r.item_index]));
    await recordOutcomes(
      claims.map((c) => ({
        id: c.id,
        batchId,
        attempt: c.attempt,
        kind: kind(index.get(c.id) ?? 0),
        result: resultOf(c.data),
        error: { message: 'on purpose' },
      })),
    );
  }
}
