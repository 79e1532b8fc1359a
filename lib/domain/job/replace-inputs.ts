import { stringifyJson } from '@/lib/contracts/json';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { FileFields, useFiles } from '@/lib/domain/file/use-files';
import { forgetKeys, indexJobs } from '@/lib/domain/query/search-keys';

/** The new input of a failed or cancelled job, checked by the schema of its type. */
export interface NewInput {
  id: string;
  data: unknown;
  /** the name that the type makes of the new input, if it makes one */
  name?: string | undefined;
}

/** The name of a job `j` with a new input: what a batch takes from its table stays, what the type makes of inputs is made again. */
export const newName = (made: Sql): Sql =>
  sql`coalesce(case when exists (select from batch b where b.id = j.batch_id and b.name_by is not null) then j.name end, ${made}, j.name)`;

/**
 * Stores new inputs of failed and cancelled jobs that have the same batch, or none: their searchable values and the files
 * that they use follow. Steps that were remembered for an input that was another are forgotten. The transaction holds the locks of the rows.
 */
export async function replaceInputs(
  db: Queryable,
  organizationId: string,
  batchId: string | null,
  inputs: readonly NewInput[],
): Promise<void> {
  const ids = inputs.map(({ id }) => id);
  const which = sql`j.id = any(${ids}::uuid[])`;
  await db.query(forgetKeys(which));
  const texts = inputs.map(({ data }) => stringifyJson(data));
  // What was remembered for another input must not be used for this one.
  await db.query(
    sql`delete from job_step s using job j, unnest(${ids}::uuid[], ${texts}::text[]) as r (id, data)
     where j.id = r.id and s.job_id = j.id and j.status in ('failed', 'cancelled') and j.data::text <> r.data`,
  );
  await db.query(
    sql`update job j set data = r.data, name = ${newName(sql`r.name`)}
     from unnest(${ids}::uuid[], ${texts}::json[], ${inputs.map(({ name }) => name ?? null)}::text[]) as r (id, data, name)
     where j.id = r.id and j.status in ('failed', 'cancelled')`,
  );
  await indexJobs(db, which);
  const fields = new FileFields();
  for (const { data } of inputs) fields.note(data);
  await useFiles(db, organizationId, batchId, fields, which);
}
