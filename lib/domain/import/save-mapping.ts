import type { ImportMappingDto, SaveMappingBody } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { requireJobType } from '@/lib/domain/job/require-job-type';
import { MAPPING_COLUMNS, type MappingRow, toMappingDto } from './rows';

/** Keeps a mapping under a name for the organization and job type; the same name replaces it. */
export async function saveMapping(
  context: Context,
  { type, name, mapping }: SaveMappingBody,
): Promise<{ mapping: ImportMappingDto }> {
  requireJobType(type);
  const { rows } = await pool().query<MappingRow>(
    sql`insert into import_mapping (id, organization_id, type, name, mapping, created_by) values (${newId()}, ${context.organizationId}, ${type}, ${name.trim()}, ${stringifyJson(mapping)}, ${context.actor.name})
     on conflict (organization_id, type, name)
       do update set mapping = excluded.mapping, created_by = excluded.created_by, created_at = now()
     returning ${MAPPING_COLUMNS}`,
  );
  const [row] = rows;
  if (!row) throw new Error('The mapping was not written.');
  return { mapping: toMappingDto(row) };
}
