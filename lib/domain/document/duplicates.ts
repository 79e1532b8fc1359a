import { type Sql, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';

/** A job's document, as its text and model identify it. */
export interface DocumentKey {
  jobId: string;
  batchId: string | null;
  model: string;
  fingerprint: string;
}

export interface Duplicate {
  /** the job whose chunks hold the same text */
  duplicateOf: string;
  chunks: number;
}

/**
 * Notes that a job's text is searchable already, embedded by the same model under another job. What the job itself
 * stored before is given up.
 * @returns undefined when the text is new
 */
export function noteDuplicate(context: Context, key: DocumentKey): Promise<Duplicate | undefined> {
  return transaction(async ({ sql }) => {
    await lockDocument(sql, context, key);
    return asDuplicate(sql, context, key);
  });
}

/** One run of a job, and one of a text, at a time; for what the job held before too, in an order that all keep. */
export async function lockDocument(
  sql: Sql,
  context: Context,
  key: Omit<DocumentKey, 'fingerprint'> & { fingerprint?: string },
): Promise<void> {
  await sql.query("select pg_advisory_xact_lock(hashtextextended('document_chunk:' || $1, 0))", [key.jobId]);
  await sql.query(
    `select pg_advisory_xact_lock(n) from (
       select distinct hashtextextended('document:' || $1 || f, 0) as n
         from unnest(array[$2::text, (select model || fingerprint from document where job_id = $3)]) f
        where f is not null order by n) locks`,
    [context.organizationId, key.fingerprint === undefined ? null : key.model + key.fingerprint, key.jobId],
  );
}

/** As `noteDuplicate`, under the locks. */
export async function asDuplicate(sql: Sql, context: Context, key: DocumentKey): Promise<Duplicate | undefined> {
  const { rows } = await sql.query<{ of: string; chunks: number }>(
    `select d.job_id as of, (select count(*)::int from document_chunk c where c.job_id = d.job_id) as chunks
       from document d
      where d.organization_id = $1 and d.model = $2 and d.fingerprint = $3 and d.job_id <> $4`,
    [context.organizationId, key.model, key.fingerprint, key.jobId],
  );
  const [found] = rows;
  if (!found || found.chunks === 0) return undefined;
  await giveUp(sql, context, key.jobId);
  await sql.query(
    `insert into document_duplicate (job_id, organization_id, batch_id, of_job_id) values ($1, $2, $3, $4)
     on conflict (job_id) do update set of_job_id = excluded.of_job_id, batch_id = excluded.batch_id`,
    [key.jobId, context.organizationId, key.batchId, found.of],
  );
  return { duplicateOf: found.of, chunks: found.chunks };
}

/** Makes a job the owner of its text. */
export async function claimText(sql: Sql, context: Context, key: DocumentKey): Promise<void> {
  await sql.query(
    `insert into document (organization_id, model, fingerprint, job_id) values ($1, $2, $3, $4)
     on conflict (organization_id, model, fingerprint) do update set job_id = excluded.job_id`,
    [context.organizationId, key.model, key.fingerprint, key.jobId],
  );
}

/**
 * Takes away what a job stored. If other jobs rely on its text, the first of them becomes its owner: the text stays
 * searchable as long as a document has it.
 */
export async function giveUp(sql: Sql, context: Context, jobId: string, keeping?: DocumentKey): Promise<void> {
  await sql.query('delete from document_duplicate where job_id = $1', [jobId]);
  const same = keeping
    ? await sql.query('select 1 from document where job_id = $1 and model = $2 and fingerprint = $3', [
        jobId,
        keeping.model,
        keeping.fingerprint,
      ])
    : undefined;
  if (!same?.rowCount) await handOn(sql, jobId);
  await sql.query('delete from document_chunk where job_id = $1 and organization_id = $2', [
    jobId,
    context.organizationId,
  ]);
}

async function handOn(sql: Sql, jobId: string): Promise<void> {
  const { rows } = await sql.query<{ heir: string; batch: string | null }>(
    `delete from document_duplicate where job_id =
       (select job_id from document_duplicate where of_job_id = $1 order by job_id limit 1)
     returning job_id as heir, batch_id as batch`,
    [jobId],
  );
  const [next] = rows;
  if (!next) {
    await sql.query('delete from document where job_id = $1', [jobId]);
    return;
  }
  await sql.query('update document set job_id = $2 where job_id = $1', [jobId, next.heir]);
  await sql.query('update document_duplicate set of_job_id = $2 where of_job_id = $1', [jobId, next.heir]);
  // New rows rather than changed ones: search keeps rows in memory and trusts them not to change.
  await sql.query(
    `insert into document_chunk
            (organization_id, job_id, batch_id, position, title, text, model, dimensions, embedding, terms, tx)
     select organization_id, $2, $3, position, title, text, model, dimensions, embedding, terms,
            pg_current_xact_id()::text::bigint
       from document_chunk where job_id = $1`,
    [jobId, next.heir, next.batch],
  );
}
