import type { ImportStatus } from '@/lib/contracts/choices';
import type {
  ImportCalls,
  ImportDto,
  ImportIssueDto,
  ImportLaunch,
  ImportMappingDto,
  ImportRefusal,
  Mapping,
  Reading,
  ReadingOverrides,
} from '@/lib/contracts/import';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { type Door, openDoor } from '@/lib/domain/redaction/door';
import type { JobType } from '@/lib/job-types/catalogue';
import { cellsAt, mappingAt } from './cells-at-door';
import { fieldsOf } from './mapping/fields';
import type { Table, TableFile } from './reading/read-rows';

export interface UnpackedTable extends TableFile {
  sheet: string;
  header?: boolean;
  headerRow?: number | undefined;
  remarks?: string[];
}

/** The result of an inspection, without the reading options. */
export interface ImportFindings {
  remarks: string[];
  /** workbooks only */
  sheets?: string[];
  /** the worksheet as a stored CSV, with remarks */
  table?: UnpackedTable;
  /** reading options that a user set; absent in older imports */
  overrides?: ReadingOverrides;
  /** the former name of `overrides`, in rows that an earlier version stored */
  told?: ReadingOverrides;
  /** content besides rows that the check found */
  left?: string[];
  /** what the items call, as the last check of every row found */
  calls?: ImportCalls | undefined;
  /** fields with a suggested source */
  suggested: string[];
}

export interface ImportRow {
  id: string;
  organization_id: string;
  type: JobType;
  status: ImportStatus;
  name: string;
  files: (TableFile & { contentType?: string })[];
  content: 'rows' | 'files';
  url: string | null;
  detected: ImportFindings | null;
  reading: Reading | null;
  columns: string[];
  preview: Record<string, unknown>[];
  mapping: Mapping;
  name_by: string | null;
  edits: Record<string, Record<string, string>>;
  revision: number;
  job_id: string | null;
  bytes_total: number;
  bytes_read: number;
  rows: number;
  good: number;
  bad: number;
  error: { code: string; message: string } | null;
  launch: ImportLaunch | null;
  refusal: ImportRefusal | null;
  trial_batch_id: string | null;
  batch_id: string | null;
  created_by: string | null;
  created_at: Date;
  updated_at: Date;
}

/** @throws DomainError `not-found`, also for an import of another organization */
export async function findImport(
  db: Queryable,
  context: Context,
  id: string,
  options: { lock?: boolean } = {},
): Promise<ImportRow> {
  if (!isId(id)) throw notFound('import', id);
  const { rows } = await db.query<ImportRow>(
    sql`select * from import where id = ${id} and organization_id = ${context.organizationId}${options.lock ? sql` for update` : sql``}`,
  );
  const row = rows[0];
  if (!row) throw notFound('import', id);
  return row;
}

/** Returns the reading options that a user set, or undefined if the import is older than they are. */
export function overridesOf({ detected }: Pick<ImportRow, 'detected'>): ReadingOverrides | undefined {
  return detected?.overrides ?? detected?.told;
}

/** Returns the table with the rows of an import. For a workbook it is the unpacked sheet. */
export function tableOf(row: ImportRow): Table {
  if (!row.reading) throw new Error(`Import ${row.id} was not inspected yet.`);
  const table = row.reading.format === 'xlsx' ? row.detected?.table : undefined;
  const everyRow = overridesOf(row) === undefined;
  return { files: table ? [table] : row.files, reading: row.reading, columns: row.columns, everyRow };
}

const CHECKED: readonly ImportStatus[] = ['checked', 'launching', 'launched'];

/** A host may come from a cell. */
const callsAt = (door: Door, calls: ImportCalls | undefined): ImportCalls | null =>
  calls
    ? { ...calls, host: calls.host && door.hidesField('url') ? null : calls.host && door.message(calls.host) }
    : null;

/** Converts a row to its DTO, as the caller sees it. */
export function toImportDto(row: ImportRow, door: Door): ImportDto {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    name: door.label(row.name),
    // The screen shows only the first of many files.
    files: row.files.slice(0, 100).map(({ fileId, name, size }) => ({ fileId, name, size })),
    content: row.content,
    url: row.url === null ? null : door.label(row.url.replace(/[?#].*$/, '')),
    reading: row.reading,
    sheets: row.detected?.sheets ?? [],
    remarks: [...(row.detected?.remarks ?? []), ...(row.detected?.left ?? [])],
    columns: row.columns,
    preview: row.preview.map((cells) => cellsAt(door, row.mapping, cells)),
    fields: fieldsOf(row.type),
    mapping: mappingAt(door, row.mapping),
    nameBy: row.name_by,
    suggested: row.detected?.suggested ?? [],
    bytesTotal: row.bytes_total,
    bytesRead: row.bytes_read,
    rows: row.rows,
    good: row.good,
    bad: row.bad,
    calls: CHECKED.includes(row.status) ? callsAt(door, row.detected?.calls) : null,
    edited: Object.keys(row.edits).length,
    error: row.error && { ...row.error, message: door.message(row.error.message) },
    refusal: row.refusal,
    trialBatchId: row.trial_batch_id,
    batchId: row.batch_id,
    jobId: row.job_id,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Returns the fields of a launch that say where the names of the items come from. */
export const named = ({ name_by: nameBy }: ImportRow): { nameBy?: string } => (nameBy === null ? {} : { nameBy });

export async function readImport(context: Context, id: string): Promise<ImportDto> {
  return toImportDto(await findImport(pool(), context, id), await openDoor(context));
}

export interface IssueRow {
  row: number;
  problems: ImportIssueDto['problems'];
  cells: ImportIssueDto['cells'];
}

export interface MappingRow {
  id: string;
  type: string;
  name: string;
  mapping: Mapping;
  created_by: string | null;
  created_at: Date;
}

export const MAPPING_COLUMNS = sql`id, type, name, mapping, created_by, created_at`;

export const toMappingDto = (row: MappingRow, door: Door): ImportMappingDto => ({
  id: row.id,
  type: row.type,
  name: row.name,
  mapping: mappingAt(door, row.mapping),
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
});
