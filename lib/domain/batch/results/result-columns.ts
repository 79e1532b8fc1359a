import { isFields } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { readableJson } from '@/lib/db/expressions';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { describeJobType, type JobType } from '@/lib/job-types/catalogue';

const MAX_FIELDS = 500;

/** Returns the fields of a JSON Schema, including those of its `anyOf`, `oneOf` and `allOf`. */
function fieldsOfSchema(schema: Record<string, unknown>): string[] {
  const own = Object.keys((schema.properties ?? {}) as object);
  const inner = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) =>
    Array.isArray(list) ? list.flatMap((s) => fieldsOfSchema(s as Record<string, unknown>)) : [],
  );
  return [...new Set([...own, ...inner])];
}

/** Returns the fields of a type's results in the order of its schema; none if results are no objects. */
export const resultFields = (type: JobType): string[] => fieldsOfSchema(describeJobType(type).outputSchema);

/**
 * Returns the fields of a batch's items: first those of the type's schema, in its order, then all others.
 * None if an item is no object: it is then written as one cell of JSON.
 * @param options `failedOnly`: reads failed items only; `present`: leaves out fields that no item has
 */
export const inputFields = (
  batchId: string,
  type: JobType,
  { failedOnly = false, present = false }: { failedOnly?: boolean; present?: boolean } = {},
): Promise<string[]> =>
  fieldsOfRows(sql`batch_id = ${batchId} and (${failedOnly} = false or outcome = 'failed')`, [type], present);

/**
 * The same for jobs of any batches and types.
 * @param rows an SQL condition on `job`
 * @param present leaves out fields that no job has
 */
export async function fieldsOfRows(rows: Sql, types: readonly JobType[], present: boolean): Promise<string[]> {
  const { rowCount: others } = await pool().query(
    sql`select 1 from job where ${rows} and json_typeof(data) <> 'object' limit 1`,
  );
  if (others) return [];
  const { rows: named } = await pool().query<{ field: string }>(
    sql`select distinct json_object_keys(${readableJson(sql`data`)}) as field from job
     where ${rows} order by field limit ${MAX_FIELDS}`,
  );
  const found = new Set(named.map((r) => r.field));
  const schema = [...new Set(types.flatMap((type) => fieldsOfSchema(describeJobType(type).inputSchema)))];
  const known = present ? schema.filter((field) => found.has(field)) : schema;
  return [...known, ...[...found].filter((field) => !known.includes(field))];
}

const MAX_COLUMNS = 500;

/** A column with a value from the result. */
interface ResultColumn {
  name: string;
  valueOf(result: unknown): unknown;
}

const field = (name: string): ResultColumn => ({
  name,
  valueOf: (result) => (isFields(result) && Object.hasOwn(result, name) ? result[name] : null),
});

/**
 * Returns the columns that a batch's results add to a table. HTTP calls: the columns that they extract, and the body if
 * a call extracts none. Other types: the fields of the result, or the whole result if it is no object.
 */
export async function resultColumns(batchId: string, type: JobType): Promise<ResultColumn[]> {
  if (type === 'bulk-operation') return extractedColumns(batchId);
  const fields = resultFields(type);
  return fields.length > 0 ? fields.map(field) : [{ name: 'result', valueOf: (result) => result }];
}

async function extractedColumns(batchId: string): Promise<ResultColumn[]> {
  const extract = sql`(${readableJson(sql`data`)})->'extract'`;
  const { rows } = await pool().query<{ name: string | null }>(
    sql`select name from (
       select e.name, min(e.place) as place from job,
         lateral json_object_keys(case when json_typeof(${extract}) = 'object' then ${extract} else '{}' end)
           with ordinality as e(name, place)
       where batch_id = ${batchId} group by e.name) as extracted
     order by place, name limit ${MAX_COLUMNS}`,
  );
  const { rowCount: withoutExtract } = await pool().query(
    sql`select 1 from job where batch_id = ${batchId} and coalesce(json_typeof(data->'extract'), 'null') <> 'object' limit 1`,
  );
  const columns = rows.map(({ name }) => extracted(must(name, 'The name of a column')));
  return withoutExtract || columns.length === 0 ? [...columns, field('body')] : columns;
}

const extracted = (name: string): ResultColumn => {
  const own = field(name);
  return { name, valueOf: (result) => own.valueOf(isFields(result) ? result.columns : null) };
};

/** Returns the fields that a batch's inputs have, in the order of the type's schema; none if an input is no object. */
export const presentFields = (batchId: string, type: JobType): Promise<string[]> =>
  inputFields(batchId, type, { present: true });
