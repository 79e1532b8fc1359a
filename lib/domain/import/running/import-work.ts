import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { ImportRow } from '@/lib/domain/import/import-row';

/** What a step of an import's work is called with. */
export interface WorkControl {
  signal: AbortSignal;
  /** rows or bytes so far, of all */
  progress(done: number, total: number, message: string): void;
}

/** Ends an import's work as failed. The import keeps the reason; the person decides what to do about it. */
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
