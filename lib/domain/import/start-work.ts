import type { ImportStatus } from '@/lib/contracts/choices';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import type { ImportRow } from './import-row';

type Work = Extract<ImportStatus, 'reading' | 'checking' | 'launching'>;

/**
 * Starts a worker for an import. The row stores the pending work, and the job is created after the commit. Work for an
 * older revision has no effect. If the job is lost, `recoverImports` creates it again.
 */
export async function startWork(tx: Transaction, context: Context, row: ImportRow, work: Work): Promise<void> {
  const revision = row.revision + 1;
  await tx.db.query(
    sql`update import set status = ${work}, revision = ${revision}, job_id = null, error = null, refusal = null, updated_at = now()
     where id = ${row.id}`,
  );
  tx.afterCommit(() => deliverWork(context, { ...row, revision }, work));
}

const WORD: Record<Work, string> = { reading: 'Read', checking: 'Check', launching: 'Launch' };

/** Creates the job of an import's revision. Idempotent. */
export async function deliverWork(
  context: Context,
  { id, name, revision }: Pick<ImportRow, 'id' | 'name' | 'revision'>,
  work: Work,
): Promise<void> {
  const { job } = await createJob(
    context,
    {
      type: 'import',
      data: { importId: id, revision, name: `${WORD[work]} ${name}`.slice(0, 300) },
      correlationId: id,
    },
    { idempotencyKey: `import-${id}-${revision}`, internal: true },
  );
  await pool().query(sql`update import set job_id = ${job.id} where id = ${id} and revision = ${revision}`);
}
