import type { ImportRefusal } from '@/lib/contracts/import';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { type ImportRow, named } from '@/lib/domain/import/import-row';
import { launchItems } from '@/lib/domain/import/mapped-rows';
import { RowSet } from '@/lib/domain/import/table/row-set';
import { withSecrets } from '@/lib/domain/notification/event/kept-secrets';
import type { WorkControl } from './import-work';

const REPORT_MS = 400;
const YIELD_ROWS = 500;

class LaunchStopped extends Error {}

/** Launches the batch of an import. A refused launch returns the import to `checked` with the reason. */
export async function writeBatch(
  context: Context,
  row: ImportRow,
  control: WorkControl,
): Promise<{ outcome: 'done' | 'void'; rows: number }> {
  const { launch } = row;
  if (!launch) return { outcome: 'void', rows: 0 };
  const { actor, credential, origin } = launch;
  const asker: Context = {
    ...context,
    actor: { kind: 'user', ...actor, role: 'operator', seesPayloads: true, systemAdmin: false },
    ...(credential ? { credential } : {}),
    ...(origin ? { origin } : {}),
  };
  let rows = 0;
  const taken = new RowSet();
  const items = () => recordingRows(launchItems(context, row, { skipBad: launch.skipBad }), taken);
  try {
    const { outcome, result } = await launchBatch(asker, {
      fields: {
        ...launch.fields,
        ...named(row),
        notify: await withSecrets(pool(), asker, row.id, launch.fields.notify),
      },
      items: paced(items(), row, control, (count) => {
        rows = count;
      }),
      // The key makes retries idempotent: the import becomes one batch.
      idempotencyKey: `import-${row.id}`,
    });
    if (outcome === 'running') await refuse(row, alreadyRunning(result.batchId));
    else {
      // An earlier attempt committed the batch and died before it recorded the rows.
      if (outcome === 'existing') for await (const _ of paced(items(), row, control, () => undefined));
      await finishLaunch(row, result.batchId, taken);
    }
    return { outcome: 'done', rows };
  } catch (error) {
    if (error instanceof LaunchStopped) return { outcome: 'void', rows };
    if (!(error instanceof DomainError) || error.status >= 500) throw error;
    await refuse(row, asRefusal(error));
    return { outcome: 'done', rows };
  }
}

/** Reports the number of written items, yields to the event loop, and ends when the launch was stopped. */
async function* paced<T>(
  items: AsyncIterable<T>,
  row: ImportRow,
  { signal, progress }: WorkControl,
  onCount: (count: number) => void,
): AsyncGenerator<T> {
  let count = 0;
  let reportedAt = Date.now();
  for await (const item of items) {
    yield item;
    count += 1;
    if (count % YIELD_ROWS !== 0) continue;
    signal.throwIfAborted();
    await new Promise(setImmediate);
    if (Date.now() - reportedAt < REPORT_MS) continue;
    reportedAt = Date.now();
    await requireWanted(row, count);
    progress(count, row.good, 'Writing rows');
  }
  onCount(count);
  await requireWanted(row, count);
}

/** `bytes_read` counts written rows while a batch is written. */
async function requireWanted(row: ImportRow, count: number): Promise<void> {
  const { rowCount } = await pool().query(
    sql`update import set bytes_read = ${count}, updated_at = now() where id = ${row.id} and revision = ${row.revision} and status = 'launching'`,
  );
  if (!rowCount) throw new LaunchStopped('the launch was stopped');
}

/** Records which rows of the table become items. */
async function* recordingRows(items: AsyncIterable<LaunchItem>, taken: RowSet): AsyncGenerator<LaunchItem> {
  for await (const item of items) {
    taken.add(item.row);
    yield item;
  }
}

async function finishLaunch(row: ImportRow, batchId: string, taken: RowSet): Promise<void> {
  await pool().query(
    sql`with launched as (
       update import set status = 'launched', batch_id = ${batchId}, launch = null, job_id = null, updated_at = now()
       where id = ${row.id} and revision = ${row.revision} returning id)
     insert into import_taken (import_id, rows) select id, ${taken.bytes()} from launched on conflict do nothing`,
  );
}

async function refuse(row: ImportRow, refusal: ImportRefusal): Promise<void> {
  await pool().query(
    sql`update import set status = 'checked', refusal = ${JSON.stringify(refusal)}, launch = null, job_id = null, updated_at = now()
     where id = ${row.id} and revision = ${row.revision}`,
  );
}

const alreadyRunning = (batchId: string): ImportRefusal => ({
  code: 'already-done',
  message: 'An unfinished batch has this unique key. Nothing was created.',
  batchId,
});

function asRefusal({ code, message, errors, extra }: DomainError): ImportRefusal {
  const running = extra?.runningBatches as { id: string; name: string }[] | undefined;
  return { code, message, ...(errors ? { errors } : {}), ...(running ? { running } : {}) };
}
