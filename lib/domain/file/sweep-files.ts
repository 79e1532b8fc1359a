import { logger } from '@/lib/config/logger';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import type { StorageKind } from './storage/storage';
import { storageOf } from './storage/storage-of';

/** After this time a private file, which is an export, is deleted. */
const PRIVATE_DAYS = 3;
/** The maximum number of files per round: each one is a call to the storage. */
const ROUND = 500;
/** After this time an upload that nothing uses is deleted, unless its organization chose another time. */
export const UNUSED_UPLOAD_DAYS = 1;
const HOUR = 3600 * 1000;
let lookedAt = 0;

/**
 * Deletes exports after three days, unused uploads after a day or the time that their organization chose, and files that a deletion, an expiry or a crash left hidden. A row is deleted
 * after its bytes, so that a failed deletion is retried.
 * @param now milliseconds since the epoch; unused uploads are searched once an hour
 * @returns how many files were deleted
 */
export async function sweepFiles(now = Date.now()): Promise<number> {
  if (now - lookedAt >= HOUR) {
    lookedAt = now;
    await hideOrphans();
  }
  const { rows } = await pool().query<{ id: string; storage: StorageKind }>(
    sql`select id, storage from file where hidden_at < now() - interval '1 day' limit ${ROUND}`,
  );
  const gone: string[] = [];
  for (const { id, storage } of rows) {
    try {
      await (await storageOf(storage)).remove(id);
      gone.push(id);
    } catch (err) {
      // The row stays hidden, and the next round tries again.
      logger.warn({ err, id, storage }, 'A file could not be removed. The next sweep tries again.');
    }
  }
  if (gone.length > 0) await retrying(() => pool().query(sql`delete from file where id = any(${gone}::uuid[])`));
  return gone.length;
}

async function hideOrphans(): Promise<void> {
  await retrying(() =>
    pool().query(
      sql`update file set hidden_at = '-infinity'
          where only_for is not null and hidden_at is null and created_at < now() - make_interval(days => ${PRIVATE_DAYS})`,
    ),
  );
  await retrying(() =>
    pool().query(
      sql`update file f set hidden_at = '-infinity'
       where f.job_id is null and f.hidden_at is null
         and f.created_at < now() - make_interval(days => coalesce(
           (select (s.settings ->> 'unusedUploadDays')::int from organization_setting s
            where s.organization_id = f.organization_id), ${UNUSED_UPLOAD_DAYS}))
         and not exists (select from file_use u where u.file_id = f.id)
         and f.id::text not in (select e->>'fileId' from import i, json_array_elements(i.files) e
           where e->>'fileId' is not null)`,
    ),
  );
}
