import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { ReadingError } from '@/lib/domain/import/reading/failure';
import { findImport, type ImportRow } from '@/lib/domain/import/rows';
import { checkRows } from './check-rows';
import { readFile } from './read-file';
import { writeBatch } from './write-batch';

/** What a worker gives an import to be done with. */
export interface Run {
  signal: AbortSignal;
  /** rows or bytes so far, of all */
  progress(done: number, total: number, message: string): void;
}

const WORK = { reading: readFile, checking: checkRows, launching: writeBatch } as const;

/**
 * Does what an import waits for: reads its file, checks its rows, or writes its batch. Work for an older revision is
 * void, so that it may be done twice, stopped, and overtaken by a change.
 * @returns whether it was done, or was void
 * @throws whatever may go better at another attempt; a file that can't be read is written down instead
 */
export async function runImport(
  context: Context,
  { importId, revision }: { importId: string; revision: number },
  run: Run,
): Promise<{ outcome: 'done' | 'void'; rows?: number }> {
  const row = await findImport(pool(), context, importId);
  const work = WORK[row.status as keyof typeof WORK];
  if (row.revision !== revision || !work) return { outcome: 'void' };
  try {
    return await work(context, row, run);
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    await giveUp(row, error);
    return { outcome: 'done' };
  }
}

/** The import keeps why it can't go on; the person decides what to do about it. */
export async function giveUp(
  { id, revision }: Pick<ImportRow, 'id' | 'revision'>,
  { code, message }: { code: string; message: string },
): Promise<void> {
  await pool().query(
    sql`update import set status = 'failed', error = ${JSON.stringify({ code, message })}, launch = null, job_id = null, revision = revision + 1,
       updated_at = now()
     where id = ${id} and revision = ${revision}`,
  );
}
