import { isFields } from '@/lib/contracts/json';
import { readableJson } from '@/lib/db/expressions';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { JobType } from '@/lib/job-types/catalogue';
import { inputFields, resultFields } from './input-fields';

const MAX_COLUMNS = 500;

/** A column with a value from the result. */
export interface ResultColumn {
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
  const columns = rows.map(({ name }) => extracted(name ?? ''));
  return withoutExtract || columns.length === 0 ? [...columns, field('body')] : columns;
}

const extracted = (name: string): ResultColumn => {
  const own = field(name);
  return { name, valueOf: (result) => own.valueOf(isFields(result) ? result.columns : null) };
};

/** Returns the fields that a batch's inputs have, in the order of the type's schema; none if an input is no object. */
export const presentFields = (batchId: string, type: JobType): Promise<string[]> =>
  inputFields(batchId, type, { present: true });
