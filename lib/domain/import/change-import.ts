import {
  type ChangeImportBody,
  type ImportDto,
  isImportBusy,
  type Mapping,
  type Reading,
  type ToldReading,
} from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireJobType } from '@/lib/domain/job/require-job-type';
import type { JobType } from '@/lib/job-types/catalogue';
import { FILE_COLUMNS, looked, settle } from './create-import';
import { firstMapping, type Look, lookAtFiles, lookOn, withTold } from './look';
import { fieldsOf } from './mapping/fields';
import type { ReadingError } from './reading/failure';
import { findImport, type ImportRow, readImport, tableOf } from './rows';

/**
 * Changes how an import is read, what it is for, or its mapping. What was checked before is forgotten, because it no
 * longer holds; corrected cells are kept while the reading stays.
 * @throws DomainError `not-found`, `not-ready` while a worker is at it, `already-done` once it was launched
 */
export async function changeImport(
  context: Context,
  id: string,
  body: ChangeImportBody,
): Promise<{ import: ImportDto }> {
  const before = await findImport(pool(), context, id);
  requireOpen(before);
  const type = body.type === undefined ? before.type : requireJobType(body.type);
  const told = body.reading && toldNow(before, body.reading);
  const look = told && (await lookAgain(context, { ...before, type }, told));
  await transaction(async (tx) => {
    const row = await findImport(tx.db, context, id, { lock: true });
    requireOpen(row);
    const found = { remarks: [], suggested: [], ...row.detected, ...(told && { told }) };
    const now: ImportRow = { ...row, type, detected: told ? found : row.detected };
    await tx.db.query(sql`update import set type = ${type} where id = ${id}`);
    if (look) await settle(tx, context, now, look);
    else if (type !== row.type && row.columns.length > 0 && !body.mapping) {
      const { mapping, suggested } = await firstMapping(tx.db, context, type, row.columns);
      await setMapping(tx.db, now, mapping, suggested);
    }
    if (body.mapping)
      await setMapping(tx.db, now, checkedMapping(type, body.mapping), stillSuggested(row, body.mapping));
  });
  return { import: await readImport(context, id) };
}

/** @throws DomainError `not-ready`, `already-done` */
export function requireOpen(row: ImportRow): void {
  if (row.status === 'launched') {
    throw new DomainError(
      'already-done',
      'This import has become a batch. Bring the file again to launch it once more.',
    );
  }
  if (!isImportBusy(row.status)) return;
  throw new DomainError('not-ready', `This import is ${row.status} just now. Stop that first, or wait for its end.`);
}

/** What was said before, and now. A row that names the columns of one sheet, or cut in one way, may not of another. */
function toldNow({ detected, reading }: ImportRow, told: ToldReading): ToldReading {
  const { format: _, ...asRead }: Partial<Reading> = reading ?? {};
  const { headerRow, ...before }: ToldReading = detected?.told ?? (detected ? asRead : {});
  const cutAnew = told.sheet !== undefined || told.delimiter !== undefined || told.quote !== undefined;
  const keepRow = headerRow !== undefined && !cutAnew && told.header === undefined;
  return { ...before, ...(keepRow && { headerRow }), ...told };
}

async function lookAgain(
  context: Context,
  row: ImportRow,
  told: ToldReading,
): Promise<Look | ReadingError | undefined> {
  if (row.content === 'files') {
    throw new DomainError(
      'invalid-request',
      `The rows of this import are its files (${FILE_COLUMNS.join(', ')}): there is nothing to read otherwise.`,
    );
  }
  if (row.files.length === 0) throw new DomainError('not-ready', 'There is no file yet to be read.');
  const table = row.detected?.table;
  if (row.reading?.format !== 'xlsx') return looked(() => lookAtFiles(context, row.files, row.type, told));
  // Another sheet has to be unpacked first; of the same one only the header can be meant otherwise.
  const { header = true, headerRow, remarks = [] } = table ?? {};
  const found = { ...row.reading, header, ...(headerRow && { headerRow }) };
  const reading = withTold(found, { ...told, encoding: 'utf-8', delimiter: ',', quote: '"' });
  if (!table || (told.sheet !== undefined && told.sheet !== table.sheet)) {
    return { reading, columns: [], remarks: [], preview: [] };
  }
  return looked(() => lookOn(context, { ...tableOf(row), everyRow: false, reading, columns: [] }, remarks));
}

/** @throws DomainError `invalid-request` for a field that the type does not have */
function checkedMapping(type: JobType, mapping: Mapping): Mapping {
  const known = new Set(fieldsOf(type).map((field) => field.path));
  const errors = Object.keys(mapping)
    .filter((path) => !known.has(path))
    .map((path) => ({ path: `mapping.${path}`, message: `is not a field of ${type}` }));
  if (errors.length === 0) return mapping;
  throw new DomainError('invalid-request', `The mapping names what ${type} does not have.`, { errors });
}

/** What is still as it was suggested, unless somebody has sent it back as their own. */
function stillSuggested(row: ImportRow, mapping: Mapping): string[] {
  return (row.detected?.suggested ?? []).filter(
    (path) => mapping[path] && stringifyJson(mapping[path]) === stringifyJson(row.mapping[path]),
  );
}

async function setMapping(
  db: Pick<ReturnType<typeof pool>, 'query'>,
  row: ImportRow,
  mapping: Mapping,
  suggested: string[],
): Promise<void> {
  await db.query(
    sql`update import set mapping = ${stringifyJson(mapping)}, detected = ${stringifyJson({ remarks: [], ...row.detected, suggested })}, status = case when reading is null then status else 'ready' end,
       revision = revision + 1, rows = 0, good = 0, bad = 0, bytes_read = 0,
       error = case when reading is null then error end, refusal = null, job_id = null, updated_at = now()
     where id = ${row.id}`,
  );
  await db.query(sql`delete from import_issue where import_id = ${row.id}`);
}
