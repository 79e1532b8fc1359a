import { readableJson } from '@/lib/db/expressions';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { describeJobType, type JobType } from '@/lib/job-types/catalogue';

const MAX_FIELDS = 500;

/** Returns the fields of a JSON Schema, including those of its `anyOf`, `oneOf` and `allOf`. */
export function fieldsOfSchema(schema: Record<string, unknown>): string[] {
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
export async function inputFields(
  batchId: string,
  type: JobType,
  { failedOnly = false, present = false }: { failedOnly?: boolean; present?: boolean } = {},
): Promise<string[]> {
  const { rowCount: others } = await pool().query(
    sql`select 1 from job where batch_id = ${batchId} and (${failedOnly} = false or outcome = 'failed') and json_typeof(data) <> 'object'
     limit 1`,
  );
  if (others) return [];
  const { rows } = await pool().query<{ field: string }>(
    sql`select distinct json_object_keys(${readableJson(sql`data`)}) as field from job
     where batch_id = ${batchId} and (${failedOnly} = false or outcome = 'failed') order by field limit ${MAX_FIELDS}`,
  );
  const found = new Set(rows.map((r) => r.field));
  const schema = fieldsOfSchema(describeJobType(type).inputSchema);
  const known = present ? schema.filter((field) => found.has(field)) : schema;
  return [...known, ...[...found].filter((field) => !known.includes(field))];
}
