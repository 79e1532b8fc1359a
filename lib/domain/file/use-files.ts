import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** The maximum length of a job's name, in characters. */
const MAX_NAME = 300;
const NAMES_FILES = /^(?:file|\w*File)Ids?$|^(?:\w+_)?file_ids?$/;

/**
 * Collects the fields of items that reference stored files: `fileId`, `fileIds`, `imageFileId`. It runs for every item
 * of a launch, so it matches only field names, and caches the result.
 */
export class FileFields {
  readonly names = new Set<string>();
  private readonly known = new Map<string, boolean>();

  note(data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    for (const name of Object.keys(data)) {
      let is = this.known.get(name);
      if (is === undefined) {
        is = NAMES_FILES.test(name);
        // Items may have any field names, so the cache is bounded.
        if (this.known.size < 1000) this.known.set(name, is);
      }
      if (is && this.names.size < 100) this.names.add(name);
    }
  }
}

/**
 * Records that jobs use the files which they reference, so that the files live as long as the jobs.
 * @param ownerId the batch of the jobs, or the single job; null: each job owns its own files
 * @param which an SQL condition on `job j`; default: the jobs of the owner
 */
export async function useFiles(
  db: Queryable,
  organizationId: string,
  ownerId: string | null,
  fields: FileFields,
  which: Sql = sql`j.batch_id = ${ownerId}`,
): Promise<void> {
  if (fields.names.size === 0) return;
  await db.query(
    sql`insert into file_use (file_id, owner_id)
     select distinct f.id, coalesce(${ownerId}::uuid, j.id)
     from job j cross join unnest(${[...fields.names]}::text[]) as field
       cross join lateral regexp_matches((j.data->field)::text,
         ${UUID}, 'gi') as found
       join file f on f.id = found[1]::uuid
     where (${which}) and f.organization_id = ${organizationId}
     on conflict do nothing`,
  );
  if (fields.names.has('fileId')) await nameAfterFiles(db, organizationId, which);
}

/** Names an unnamed job after its file, so that users can find it. */
async function nameAfterFiles(db: Queryable, organizationId: string, which: Sql): Promise<void> {
  await db.query(
    sql`update job j set name = left(f.name, ${MAX_NAME}) from file f
     where (${which}) and j.name is null and f.organization_id = ${organizationId}
       and f.id = case when j.data->>'fileId' ~* ${`^${UUID}$`} then (j.data->>'fileId')::uuid end`,
  );
}

/** As `useFiles`, for one job, with or without a batch. */
export async function useFilesOf(
  db: Queryable,
  organizationId: string,
  job: { id: string; batchId?: string | null; data: unknown },
): Promise<void> {
  const fields = new FileFields();
  fields.note(job.data);
  await useFiles(db, organizationId, job.batchId ?? job.id, fields, sql`j.id = ${job.id}`);
}
