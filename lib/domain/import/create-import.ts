import type { CreateImportBody, ImportDto, Mapping, Reading, ReadingOverrides } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { cleanFileName } from '@/lib/domain/file/file-name';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import type { JobType } from '@/lib/job-types/catalogue';
import { OutboundError } from '@/lib/outbound/errors';
import { outbound } from '@/lib/outbound/outbound';
import { checkUrl } from '@/lib/outbound/policy';
import { findImport, type ImportFindings, type ImportRow, readImport } from './import-row';
import { firstMapping, type Inspection, inspectFiles } from './inspect-files';
import { fieldsOf } from './mapping/fields';
import { nameColumn } from './mapping/name-column';
import { fits } from './mapping/suggest-mapping';
import type { TableFile } from './reading/read-rows';
import { ReadingError } from './reading/reading-error';
import { startWork } from './start-work';

type StoredFile = TableFile & { contentType: string };

/**
 * Creates an import of stored files or of a URL. Text files are inspected at once; a worker unpacks workbooks and
 * fetches URLs. For a file that is not a table, the import is created with an error.
 * @throws DomainError `unknown-job-type`, `not-found` for a file or an import (`like`) that does not exist,
 * `invalid-request` for an invalid URL
 */
export async function createImport(context: Context, body: CreateImportBody): Promise<{ import: ImportDto }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  const type = requireJobType(body.type);
  await requireAllowedTypes(context, [type]);
  const files = body.fileIds ? await findFiles(context, body.fileIds) : [];
  const url = body.url === undefined ? null : checkedUrl(body.url);
  const id = newId();
  const like = body.like ? await findImport(pool(), context, body.like) : undefined;
  const row = {
    id,
    type,
    files,
    url,
    name: body.name ?? nameOf(files, url),
    content: body.content,
    mapping: like?.mapping ?? {},
    name_by: like?.name_by ?? null,
  };
  const overrides = body.reading ?? {};
  const inspection = url === null ? await inspectNew(context, row, overrides) : undefined;
  await transaction(async (tx) => {
    await insert(tx, context, row);
    await tx.db.query(
      sql`insert into file_use (file_id, owner_id) select distinct unnest(${files.map((file) => file.fileId)}::uuid[]), ${id}::uuid on conflict do nothing`,
    );
    const created = await findImport(tx.db, context, id);
    const after = { type, files: files.length, url: url === null ? undefined : new URL(url).host };
    await audit(tx.db, context, 'import.create', { kind: 'import', id, name: row.name }, { after });
    await saveInspection(tx, context, { ...created, detected: { remarks: [], suggested: [], overrides } }, inspection);
  });
  return { import: await readImport(context, id) };
}

type NewImport = Pick<ImportRow, 'id' | 'type' | 'files' | 'url' | 'name' | 'content' | 'mapping' | 'name_by'>;

async function insert(tx: Transaction, context: Context, row: NewImport): Promise<void> {
  await tx.db.query(
    sql`insert into import (id, organization_id, type, status, name, files, content, url, bytes_total, created_by,
       mapping, name_by)
     values (${row.id}, ${context.organizationId}, ${row.type}, 'ready', ${row.name}, ${stringifyJson(row.files)}, ${row.content}, ${row.url}, ${row.files.reduce((sum, file) => sum + file.size, 0)}, ${context.actor.name}, ${stringifyJson(row.mapping)}, ${row.name_by})`,
  );
}

/**
 * The result of an inspection: columns, or why the files are not a table; undefined when a worker must inspect them.
 */
export type InspectionResult = Inspection | ReadingError | 'files' | undefined;

async function inspectNew(context: Context, row: NewImport, overrides: ReadingOverrides): Promise<InspectionResult> {
  if (row.content === 'files') return 'files';
  return inspectionOrError(() => inspectFiles(context, row.files, row.type, overrides));
}

/** Returns a ReadingError instead of throwing it, because the import stores it. */
export async function inspectionOrError(inspect: () => Promise<Inspection>): Promise<Inspection | ReadingError> {
  try {
    return await inspect();
  } catch (error) {
    if (error instanceof ReadingError) return error;
    throw error;
  }
}

const FILES_READING: Reading = { format: 'json', encoding: 'utf-8', delimiter: ',', quote: '"', header: true };
/** Columns of a file list that may be suggested for a field. `size` is left out: it matches no field's meaning. */
const NAMING = ['fileId', 'name'];
export const FILE_COLUMNS = ['fileId', 'name', 'size', 'contentType'];

/** Stores an inspection with an initial mapping, or starts a worker if only a worker can inspect the files. */
export async function saveInspection(
  tx: Transaction,
  context: Context,
  row: ImportRow,
  inspection: InspectionResult,
): Promise<void> {
  if (inspection instanceof ReadingError) return markUnreadable(tx, row, inspection);
  if (
    inspection === undefined ||
    (inspection !== 'files' && inspection.reading.format === 'xlsx' && inspection.columns.length === 0)
  ) {
    const reading = inspection ? stringifyJson(inspection.reading) : null;
    await tx.db.query(
      sql`update import set reading = coalesce(${reading}::json, reading), detected = ${stringifyJson(row.detected)} where id = ${row.id}`,
    );
    return startWork(tx, context, row, 'reading');
  }
  const found =
    inspection === 'files'
      ? { reading: FILES_READING, remarks: [], columns: FILE_COLUMNS, preview: row.files.slice(0, 20) }
      : inspection;
  await markReady(tx, context, row, found as Inspection);
}

function reusableMapping(row: ImportRow, columns: readonly string[]): { mapping: Mapping; suggested: string[] } | null {
  const { mapping, type, detected } = row;
  if (Object.keys(mapping).length === 0 || !fits(mapping, fieldsOf(type), columns)) return null;
  return { mapping, suggested: detected?.suggested ?? [] };
}

/** Marks the import as ready to be mapped. A mapping that still fits is kept. */
async function markReady(tx: Transaction, context: Context, row: ImportRow, inspection: Inspection): Promise<void> {
  const first =
    reusableMapping(row, inspection.columns) ??
    (await firstMapping(tx.db, context, row.type as JobType, row.content === 'files' ? NAMING : inspection.columns));
  const { left: _, ...before } = row.detected ?? {};
  const detected: ImportFindings = { ...before, remarks: inspection.remarks, suggested: first.suggested };
  const nameBy = nameColumn(inspection, row.name_by);
  await tx.db.query(
    sql`update import set status = 'ready', reading = ${stringifyJson(inspection.reading)}, detected = ${stringifyJson(detected)}, columns = ${stringifyJson(inspection.columns)}, preview = ${stringifyJson(inspection.preview)}, mapping = ${stringifyJson(first.mapping)}, name_by = ${nameBy},
       revision = revision + 1, rows = 0, good = 0, bad = 0, bytes_read = 0, edits = '{}', error = null,
       refusal = null, job_id = null, updated_at = now()
     where id = ${row.id}`,
  );
  await tx.db.query(sql`delete from import_issue where import_id = ${row.id}`);
}

async function markUnreadable(tx: Transaction, row: ImportRow, { code, message }: ReadingError): Promise<void> {
  await tx.db.query(
    sql`update import set status = 'failed', error = ${stringifyJson({ code, message })}, detected = ${stringifyJson(row.detected)}, revision = revision + 1, job_id = null,
       updated_at = now()
     where id = ${row.id}`,
  );
}

/** Returns the files in the requested order. @throws DomainError `not-found` */
async function findFiles(context: Context, ids: readonly string[]): Promise<StoredFile[]> {
  const { rows } = await pool().query<StoredFile>(
    sql`select id as "fileId", name, size, content_type as "contentType" from file
     where id = any(${ids}::uuid[]) and organization_id = ${context.organizationId} and hidden_at is null`,
  );
  const byId = new Map(rows.map((file) => [file.fileId, file]));
  return ids.map((id, i) => {
    const file = byId.get(id.toLowerCase());
    if (file) return file;
    throw new DomainError('not-found', `There is no file with the id ${id}, or it belongs to another organization.`, {
      errors: [{ path: `fileIds.${i}`, message: 'is not a stored file' }],
    });
  });
}

/** Validates the URL. The host's IP address is validated when the connection is made. */
function checkedUrl(text: string): string {
  try {
    return checkUrl(outbound().policy, text).href;
  } catch (cause) {
    if (!(cause instanceof OutboundError)) throw cause;
    const { message } = cause;
    throw new DomainError('invalid-request', message, { errors: [{ path: 'url', message }], cause });
  }
}

/** Returns the last path segment of a URL, or the file's name. */
function nameOf(files: readonly TableFile[], url: string | null): string {
  const [first] = files;
  if (first)
    return files.length > 1 ? `${first.name.slice(0, 150)} and ${files.length - 1} more` : first.name.slice(0, 200);
  const { pathname, hostname } = new URL(url ?? 'http://unnamed');
  return cleanFileName(pathname.split('/').filter(Boolean).at(-1) ?? hostname).slice(0, 200);
}
