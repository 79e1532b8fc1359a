import type { ImportDto } from '@/lib/contracts/import';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireOpen } from './change-import';
import { requireMapped } from './check-import';
import { findImport, named, readImport } from './import-row';
import { launchItems } from './mapped-rows';
import { ReadingError } from './reading/reading-error';

/** How many rows are searched for good ones. */
const SEARCHED_ROWS = 2000;

/**
 * Launches the first good rows as a small dry-run batch. The final launch contains them again.
 * @throws DomainError `not-found`, `not-ready`, `empty-batch`, `capacity-reached`
 */
export async function tryRows(
  context: Context,
  id: string,
  { rows, start }: { rows: number; start: 'now' | 'queue' },
): Promise<{ import: ImportDto; batchId: string }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  const row = await findImport(pool(), context, id);
  requireOpen(row);
  requireMapped(row);
  const items: LaunchItem[] = [];
  try {
    for await (const item of launchItems(context, row, { skipBad: true })) {
      if (item.row > SEARCHED_ROWS) break;
      items.push(item);
      if (items.length >= rows) break;
    }
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    if (items.length === 0) throw new DomainError('empty-batch', error.message, { cause: error });
  }
  if (items.length === 0) {
    throw new DomainError(
      'empty-batch',
      `None of the first ${SEARCHED_ROWS.toLocaleString('en-US')} rows fits, so there is nothing to try.`,
    );
  }
  const { result } = await launchBatch(context, {
    fields: {
      name: `Dry run of ${row.name}`.slice(0, 200),
      type: row.type,
      start,
      ...named(row),
      metadata: { dryRun: true, importId: id, rows: items.map((item) => item.row) },
    },
    items: (async function* () {
      yield* items;
    })(),
  });
  await pool().query(sql`update import set trial_batch_id = ${result.batchId}, updated_at = now() where id = ${id}`);
  return { import: await readImport(context, id), batchId: result.batchId };
}
