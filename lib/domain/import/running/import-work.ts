import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { ImportRow } from '@/lib/domain/import/import-row';

/** The arguments of a step of an import's work. */
export interface WorkControl {
  signal: AbortSignal;
  /** rows or bytes done, and the total */
  progress(done: number, total: number, message: string): void;
}

/** Ends an import's work as failed and stores the reason. The user decides how to continue. */
export async function failImport(
  { id, revision }: Pick<ImportRow, 'id' | 'revision'>,
  { code, message }: { code: string; message: string },
): Promise<void> {
  await pool().query(
    sql`update import set status = 'failed', error = ${JSON.stringify({ code, message })}, launch = null, job_id = null,
       revision = revision + 1, updated_at = now()
     where id = ${id} and revision = ${revision}`,
  );
}
