import type { FileDto } from '@/lib/contracts/file';
import { must } from '@/lib/contracts/must';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { isCurrent } from '@/lib/domain/job/current-attempt';
import { type Maker, type NewFile, showFile, takeIn } from './take-in';

/** The maximum number of files of one attempt. */
export const MAX_ARTIFACTS = 200;

/**
 * Stores a file that a job made. It replaces a file of the same name and the files of earlier attempts.
 * @throws DomainError `already-done` if the attempt is stale; `invalid-request` beyond 200 files; `payload-too-large`,
 *   `unavailable`
 */
export function saveArtifact(context: Context, maker: Maker, file: NewFile): Promise<FileDto> {
  return takeIn(context, file, maker, async (db, { fileId, name }) => {
    await requireCurrent(db, context, maker);
    await db.query(
      sql`update file set hidden_at = '-infinity'
       where job_id = ${maker.jobId} and hidden_at is null and (attempt <> ${maker.attempt} or name = ${name})`,
    );
    await showFile(db, fileId);
    const { rows } = await db.query<{ count: number }>(
      sql`select count(*)::int as count from file where job_id = ${maker.jobId} and hidden_at is null`,
    );
    if (must(rows[0], 'The count of files').count > MAX_ARTIFACTS) {
      throw new DomainError('invalid-request', `A job may make at most ${MAX_ARTIFACTS} files; put them into one.`);
    }
  });
}

/** Locks the row until the file is visible, because a stale attempt must not replace files of the newer attempt. */
async function requireCurrent(db: Queryable, context: Context, maker: Maker): Promise<void> {
  const { rowCount } = await db.query(
    sql`select 1 from job j where ${isCurrent(maker)} and j.organization_id = ${context.organizationId} for share`,
  );
  if (rowCount === 0) throw new DomainError('already-done', 'This attempt no longer owns its job.');
}
