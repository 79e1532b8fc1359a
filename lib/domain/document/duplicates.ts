import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';

/** Identifies a job's document by its text and model. */
export interface DocumentKey {
  jobId: string;
  batchId: string | null;
  model: string;
  fingerprint: string;
}

export interface Duplicate {
  /** the job whose chunks contain the same text */
  duplicateOf: string;
  chunks: number;
}

/**
 * Records that another job already stored the same text, embedded by the same model (deduplication). Deletes what the
 * job itself stored before.
 * @returns undefined if the text is new
 */
export function noteDuplicate(context: Context, key: DocumentKey): Promise<Duplicate | undefined> {
  return transaction(async ({ db }) => {
    await lockDocument(db, context, key);
    return asDuplicate(db, context, key);
  });
}

/**
 * Locks the job, its text, and the text that it stored before. The locks are taken in sorted order, so that concurrent
 * transactions cannot deadlock.
 */
export async function lockDocument(
  db: Queryable,
  context: Context,
  key: Omit<DocumentKey, 'fingerprint'> & { fingerprint?: string },
): Promise<void> {
  await db.query(sql`select pg_advisory_xact_lock(hashtextextended('document_chunk:' || ${key.jobId}, 0))`);
  await db.query(
    sql`select pg_advisory_xact_lock(n) from (
       select distinct hashtextextended('document:' || ${context.organizationId} || f, 0) as n
         from unnest(array[${key.fingerprint === undefined ? null : key.model + key.fingerprint}::text, (select model || fingerprint from document where job_id = ${key.jobId})]) f
        where f is not null order by n) locks`,
  );
}

/** As `noteDuplicate`, for a caller that holds the locks. */
export async function asDuplicate(db: Queryable, context: Context, key: DocumentKey): Promise<Duplicate | undefined> {
  const { rows } = await db.query<{ of: string; chunks: number }>(
    sql`select d.job_id as of, (select count(*)::int from document_chunk c where c.job_id = d.job_id) as chunks
       from document d
      where d.organization_id = ${context.organizationId} and d.model = ${key.model} and d.fingerprint = ${key.fingerprint} and d.job_id <> ${key.jobId}`,
  );
  const [found] = rows;
  if (!found || found.chunks === 0) return undefined;
  await giveUp(db, context, key.jobId);
  await db.query(
    sql`insert into document_duplicate (job_id, organization_id, batch_id, of_job_id) values (${key.jobId}, ${context.organizationId}, ${key.batchId}, ${found.of})
     on conflict (job_id) do update set of_job_id = excluded.of_job_id, batch_id = excluded.batch_id`,
  );
  return { duplicateOf: found.of, chunks: found.chunks };
}

/** Makes a job the owner of its text. */
export async function claimText(db: Queryable, context: Context, key: DocumentKey): Promise<void> {
  await db.query(
    sql`insert into document (organization_id, model, fingerprint, job_id) values (${context.organizationId}, ${key.model}, ${key.fingerprint}, ${key.jobId})
     on conflict (organization_id, model, fingerprint) do update set job_id = excluded.job_id`,
  );
}

/**
 * Deletes what a job stored. If other jobs are duplicates of its text, the first of them becomes the owner: the text
 * stays searchable as long as one document contains it.
 */
export async function giveUp(db: Queryable, context: Context, jobId: string, keeping?: DocumentKey): Promise<void> {
  await db.query(sql`delete from document_duplicate where job_id = ${jobId}`);
  const same = keeping
    ? await db.query(
        sql`select 1 from document where job_id = ${jobId} and model = ${keeping.model} and fingerprint = ${keeping.fingerprint}`,
      )
    : undefined;
  if (!same?.rowCount) await handOn(db, jobId);
  await db.query(
    sql`delete from document_chunk where job_id = ${jobId} and organization_id = ${context.organizationId}`,
  );
}

async function handOn(db: Queryable, jobId: string): Promise<void> {
  const { rows } = await db.query<{ heir: string; batch: string | null }>(
    sql`delete from document_duplicate where job_id =
       (select job_id from document_duplicate where of_job_id = ${jobId} order by job_id limit 1)
     returning job_id as heir, batch_id as batch`,
  );
  const [next] = rows;
  if (!next) {
    await db.query(sql`delete from document where job_id = ${jobId}`);
    return;
  }
  await db.query(sql`update document set job_id = ${next.heir} where job_id = ${jobId}`);
  await db.query(sql`update document_duplicate set of_job_id = ${next.heir} where of_job_id = ${jobId}`);
  // The rows are inserted again instead of updated, because search caches rows and requires them to be immutable.
  await db.query(
    sql`insert into document_chunk
            (organization_id, job_id, batch_id, position, title, text, model, dimensions, embedding, terms, tx)
     select organization_id, ${next.heir}, ${next.batch}, position, title, text, model, dimensions, embedding, terms,
            pg_current_xact_id()::text::bigint
       from document_chunk where job_id = ${jobId}`,
  );
}
