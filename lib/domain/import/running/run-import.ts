import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { findImport } from '@/lib/domain/import/import-row';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import { checkRows } from './check-rows';
import { failImport, type WorkControl } from './import-work';
import { readFile } from './read-file';
import { writeBatch } from './write-batch';

const WORK = { reading: readFile, checking: checkRows, launching: writeBatch } as const;

/**
 * Does the pending work of an import: reads its file, checks its rows, or writes its batch. Work for an older revision
 * has no effect, so it is safe to run it twice, to stop it, and to change the import meanwhile.
 * @returns `void` when the work was for an older revision
 * @throws an error that a retry may avoid; an unreadable file is stored as the import's error instead
 */
export async function runImport(
  context: Context,
  { importId, revision }: { importId: string; revision: number },
  control: WorkControl,
): Promise<{ outcome: 'done' | 'void'; rows?: number }> {
  const row = await findImport(pool(), context, importId);
  const work = WORK[row.status as keyof typeof WORK];
  if (row.revision !== revision || !work) return { outcome: 'void' };
  try {
    return await work(context, row, control);
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    await failImport(row, error);
    return { outcome: 'done' };
  }
}
