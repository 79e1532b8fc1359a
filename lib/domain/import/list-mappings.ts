import type { ImportMappingDto } from '@/lib/contracts/import';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { MAPPING_COLUMNS, type MappingRow, toMappingDto } from './rows';

const MOST = 200;
/** Bytes of all mappings of one answer; what comes after them is left out. */
const MAX_BYTES = 2 * 1024 ** 2;

/** Saved mappings of the organization, by name; of one job type if it is given. */
export async function listMappings(
  context: Context,
  { type }: { type?: string | undefined },
): Promise<{ mappings: ImportMappingDto[] }> {
  const { rows } = await pool().query<MappingRow>(
    sql`select ${MAPPING_COLUMNS} from (
       select *, sum(octet_length(mapping::text)) over (order by type, name) as bytes
       from import_mapping where organization_id = ${context.organizationId} and (${type ?? null}::text is null or type = ${type ?? null})
       order by type, name limit ${MOST}) fitting
     where bytes <= ${MAX_BYTES} order by type, name`,
  );
  return { mappings: rows.map(toMappingDto) };
}
