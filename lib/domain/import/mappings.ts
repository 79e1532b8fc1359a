import type { ImportMappingDto, SaveMappingBody } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { isId, newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { openDoor } from '@/lib/domain/redaction/door';
import { MAPPING_COLUMNS, type MappingRow, toMappingDto } from './import-row';

/** Saves a mapping under a name for the organization and job type. The same name replaces it. */
export async function saveMapping(
  context: Context,
  { type, name, mapping }: SaveMappingBody,
): Promise<{ mapping: ImportMappingDto }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  requireJobType(type);
  const saved = await transaction(async ({ db }) => {
    const { rows } = await db.query<MappingRow>(
      sql`insert into import_mapping (id, organization_id, type, name, mapping, created_by) values (${newId()}, ${context.organizationId}, ${type}, ${name.trim()}, ${stringifyJson(mapping)}, ${context.actor.name})
       on conflict (organization_id, type, name)
         do update set mapping = excluded.mapping, created_by = excluded.created_by, created_at = now()
       returning ${MAPPING_COLUMNS}`,
    );
    const row = must(rows[0], 'The saved mapping');
    const target = { kind: 'mapping', id: row.id, name: row.name };
    await audit(db, context, 'mapping.save', target, { after: { type, payload: mapping } });
    return row;
  });
  return { mapping: toMappingDto(saved, await openDoor(context)) };
}

const MOST = 200;
/** The maximum total bytes of mappings in one response; further ones are omitted. */
const MAX_BYTES = 2 * 1024 ** 2;

/** Returns saved mappings of the organization by name; with a job type, only its mappings. */
export async function listMappings(
  context: Context,
  { type }: { type?: string | undefined },
): Promise<{ mappings: ImportMappingDto[] }> {
  requirePermission(context, 'import.see');
  requirePayloads(context, 'import tables');
  const { rows } = await pool().query<MappingRow>(
    sql`select ${MAPPING_COLUMNS} from (
       select *, sum(octet_length(mapping::text)) over (order by type, name) as bytes
       from import_mapping where organization_id = ${context.organizationId} and (${type ?? null}::text is null or type = ${type ?? null})
       order by type, name limit ${MOST}) fitting
     where bytes <= ${MAX_BYTES} order by type, name`,
  );
  const door = await openDoor(context);
  return { mappings: rows.map((row) => toMappingDto(row, door)) };
}

/** @throws DomainError `not-found` */
export async function deleteMapping(context: Context, id: string): Promise<{ deleted: true }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  if (!isId(id)) throw notFound('mapping', id);
  await transaction(async ({ db }) => {
    const { rows } = await db.query<{ name: string; type: string }>(
      sql`delete from import_mapping where id = ${id} and organization_id = ${context.organizationId} returning name, type`,
    );
    const [row] = rows;
    if (!row) throw notFound('mapping', id);
    const target = { kind: 'mapping', id, name: row.name };
    await audit(db, context, 'mapping.delete', target, { before: { type: row.type } });
  });
  return { deleted: true };
}
