import type { CreateImportBody, ImportDto, Mapping, Reading, ToldReading } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { cleanFileName } from '@/lib/domain/file/file-name';
import { requireJobType } from '@/lib/domain/job/require-job-type';
import type { JobType } from '@/lib/job-types/catalogue';
import { OutboundError } from '@/lib/outbound/errors';
import { outbound } from '@/lib/outbound/outbound';
import { checkUrl } from '@/lib/outbound/policy';
import { firstMapping, type Look, lookAtFiles } from './look';
import { fieldsOf } from './mapping/fields';
import { fits } from './mapping/suggest';
import { ReadingError } from './reading/failure';
import type { TableFile } from './reading/read-rows';
import { type Found, findImport, type ImportRow, readImport } from './rows';
import { startWork } from './work';

type StoredFile = TableFile & { contentType: string };

/**
 * Begins an import from stored files or from an address. Text is looked at at once; a workbook is unpacked and an
 * address is fetched by a worker. A file that is no table makes an import that says so.
 * @throws DomainError `unknown-job-type`, `not-found` for a file or an import (`like`) that does not exist,
 *   `invalid-request` for an address
 */
export async function createImport(context: Context, body: CreateImportBody): Promise<{ import: ImportDto }> {
  const type = requireJobType(body.type);
  const files = body.fileIds ? await findFiles(context, body.fileIds) : [];
  const url = body.url === undefined ? null : checkedUrl(body.url);
  const id = newId();
  const mapping = body.like ? (await findImport(pool(), context, body.like)).mapping : {};
  const row = { id, type, files, url, name: body.name ?? nameOf(files, url), content: body.content, mapping };
  const told = body.reading ?? {};
  const look = url === null ? await firstLook(context, row, told) : undefined;
  await transaction(async (tx) => {
    await insert(tx, context, row);
    await tx.db.query(
      sql`insert into file_use (file_id, owner_id) select distinct unnest(${files.map((file) => file.fileId)}::uuid[]), ${id}::uuid on conflict do nothing`,
    );
    const made = await findImport(tx.db, context, id);
    await settle(tx, context, { ...made, detected: { remarks: [], suggested: [], told } }, look);
  });
  return { import: await readImport(context, id) };
}

type NewImport = Pick<ImportRow, 'id' | 'type' | 'files' | 'url' | 'name' | 'content' | 'mapping'>;

async function insert(tx: Transaction, context: Context, row: NewImport): Promise<void> {
  await tx.db.query(
    sql`insert into import (id, organization_id, type, status, name, files, content, url, bytes_total, created_by,
       mapping)
     values (${row.id}, ${context.organizationId}, ${row.type}, 'ready', ${row.name}, ${stringifyJson(row.files)}, ${row.content}, ${row.url}, ${row.files.reduce((sum, file) => sum + file.size, 0)}, ${context.actor.name}, ${stringifyJson(row.mapping)})`,
  );
}

/** What came of looking at the files: their columns, why they are no table, or that a worker must look. */
export type Looked = Look | ReadingError | 'files' | undefined;

async function firstLook(context: Context, row: NewImport, told: ToldReading): Promise<Looked> {
  if (row.content === 'files') return 'files';
  return looked(() => lookAtFiles(context, row.files, row.type, told));
}

/** Runs a look, and gives a refusal instead of throwing it: the import keeps it. */
export async function looked(look: () => Promise<Look>): Promise<Look | ReadingError> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ReadingError) return error;
    throw error;
  }
}

const FILES_READING: Reading = { format: 'json', encoding: 'utf-8', delimiter: ',', quote: '"', header: true };
/** What of a file may fill a field without being asked: its size is no size of anything else. */
const NAMING = ['fileId', 'name'];
export const FILE_COLUMNS = ['fileId', 'name', 'size', 'contentType'];

/** Writes what a look found, with a mapping to begin with; or hands what only a worker can look at to one. */
export async function settle(tx: Transaction, context: Context, row: ImportRow, look: Looked): Promise<void> {
  if (look instanceof ReadingError) return fail(tx, row, look);
  if (look === undefined || (look !== 'files' && look.reading.format === 'xlsx' && look.columns.length === 0)) {
    const reading = look ? stringifyJson(look.reading) : null;
    await tx.db.query(
      sql`update import set reading = coalesce(${reading}::json, reading), detected = ${stringifyJson(row.detected)} where id = ${row.id}`,
    );
    return startWork(tx, context, row, 'reading');
  }
  const found =
    look === 'files'
      ? { reading: FILES_READING, remarks: [], columns: FILE_COLUMNS, preview: row.files.slice(0, 20) }
      : look;
  await open(tx, context, row, found as Look);
}

function keptMapping(row: ImportRow, columns: readonly string[]): { mapping: Mapping; suggested: string[] } | null {
  const { mapping, type, detected } = row;
  if (Object.keys(mapping).length === 0 || !fits(mapping, fieldsOf(type), columns)) return null;
  return { mapping, suggested: detected?.suggested ?? [] };
}

/** Ready to be mapped. A mapping that still fits is kept. */
async function open(tx: Transaction, context: Context, row: ImportRow, look: Look): Promise<void> {
  const begin =
    keptMapping(row, look.columns) ??
    (await firstMapping(tx.db, context, row.type as JobType, row.content === 'files' ? NAMING : look.columns));
  const { left: _, ...before } = row.detected ?? {};
  const detected: Found = { ...before, remarks: look.remarks, suggested: begin.suggested };
  await tx.db.query(
    sql`update import set status = 'ready', reading = ${stringifyJson(look.reading)}, detected = ${stringifyJson(detected)}, columns = ${stringifyJson(look.columns)}, preview = ${stringifyJson(look.preview)}, mapping = ${stringifyJson(begin.mapping)},
       revision = revision + 1, rows = 0, good = 0, bad = 0, bytes_read = 0, edits = '{}', error = null,
       refusal = null, job_id = null, updated_at = now()
     where id = ${row.id}`,
  );
  await tx.db.query(sql`delete from import_issue where import_id = ${row.id}`);
}

async function fail(tx: Transaction, row: ImportRow, { code, message }: ReadingError): Promise<void> {
  await tx.db.query(
    sql`update import set status = 'failed', error = ${stringifyJson({ code, message })}, detected = ${stringifyJson(row.detected)}, revision = revision + 1, job_id = null,
       updated_at = now()
     where id = ${row.id}`,
  );
}

/** Files in the order in which they are wanted. @throws DomainError `not-found` */
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

/** What can be refused before a worker asks for it; where the host leads is judged when it is asked. */
function checkedUrl(text: string): string {
  try {
    return checkUrl(outbound().policy, text).href;
  } catch (cause) {
    if (!(cause instanceof OutboundError)) throw cause;
    const { message } = cause;
    throw new DomainError('invalid-request', message, { errors: [{ path: 'url', message }], cause });
  }
}

/** The last piece of an address, or the file's name. */
function nameOf(files: readonly TableFile[], url: string | null): string {
  const [first] = files;
  if (first)
    return files.length > 1 ? `${first.name.slice(0, 150)} and ${files.length - 1} more` : first.name.slice(0, 200);
  const { pathname, hostname } = new URL(url ?? 'http://unnamed');
  return cleanFileName(pathname.split('/').filter(Boolean).at(-1) ?? hostname).slice(0, 200);
}
