import { isImportBusy } from '@/lib/contracts/choices';
import type { ChangeImportBody, ImportDto, Mapping, Reading, ReadingOverrides } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { type AuditChange, audit } from '@/lib/domain/audit';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import type { JobType } from '@/lib/job-types/catalogue';
import { FILE_COLUMNS, inspectionOrError, saveInspection } from './create-import';
import { findImport, type ImportRow, overridesOf, readImport, tableOf } from './import-row';
import { firstMapping, type Inspection, inspectFiles, inspectTable, withOverrides } from './inspect-files';
import { fieldsOf } from './mapping/fields';
import type { ReadingError } from './reading/reading-error';

/**
 * Changes how an import is read, its job type, or its mapping. Results of an earlier check are deleted; corrected cells
 * are kept while the reading stays the same.
 * @throws DomainError `not-found`, `not-ready` while a worker works on it, `already-done` after the launch
 */
export async function changeImport(
  context: Context,
  id: string,
  body: ChangeImportBody,
): Promise<{ import: ImportDto }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  const before = await findImport(pool(), context, id);
  requireOpen(before);
  const type = body.type === undefined ? before.type : requireJobType(body.type);
  if (body.type !== undefined) await requireAllowedTypes(context, [type]);
  const overrides = body.reading && mergedOverrides(before, body.reading);
  const inspection = overrides && (await inspectAgain(context, { ...before, type }, overrides));
  await transaction(async (tx) => {
    const row = await findImport(tx.db, context, id, { lock: true });
    requireOpen(row);
    const found = { remarks: [], suggested: [], ...row.detected, ...(overrides && { overrides }) };
    const now: ImportRow = { ...row, type, detected: overrides ? found : row.detected };
    await tx.db.query(sql`update import set type = ${type} where id = ${id}`);
    if (inspection) await saveInspection(tx, context, now, inspection);
    else if (type !== row.type && row.columns.length > 0 && !body.mapping) {
      const { mapping, suggested } = await firstMapping(tx.db, context, type, row.columns);
      await setMapping(tx.db, now, mapping, suggested);
    }
    if (body.mapping)
      await setMapping(tx.db, now, checkedMapping(type, body.mapping), stillSuggested(row, body.mapping));
    if (body.nameBy !== undefined) await setNameColumn(tx.db, id, body.nameBy);
    await audit(tx.db, context, 'import.update', { kind: 'import', id, name: row.name }, changeOf(row, body));
  });
  return { import: await readImport(context, id) };
}

/** @throws DomainError `invalid-request` for a column that the table does not have */
async function setNameColumn(db: Queryable, id: string, nameBy: string | null): Promise<void> {
  const { rowCount } = await db.query(
    sql`update import set name_by = ${nameBy}, updated_at = now() where id = ${id}
      and (${nameBy}::text is null or exists (select from json_array_elements_text(columns) as c where c = ${nameBy}::text))`,
  );
  if (rowCount) return;
  throw new DomainError('invalid-request', 'The items can only be named by a column of the table.', {
    errors: [{ path: 'nameBy', message: 'is not a column of the table' }],
  });
}

/** A mapping may contain constants, which become inputs of jobs. */
function changeOf(row: ImportRow, { type, reading, mapping, nameBy }: ChangeImportBody): AuditChange {
  return {
    before: {
      ...(type && { type: row.type }),
      ...(reading && { reading: row.reading }),
      ...(mapping && { payload: row.mapping }),
      ...(nameBy !== undefined && { nameBy: row.name_by }),
    },
    after: {
      ...(type && { type }),
      ...(reading && { reading }),
      ...(mapping && { payload: mapping }),
      ...(nameBy !== undefined && { nameBy }),
    },
  };
}

/** @throws DomainError `not-ready`, `already-done` */
export function requireOpen(row: ImportRow): void {
  if (row.status === 'launched') {
    throw new DomainError(
      'already-done',
      'This import has become a batch. Upload the file again to launch it once more.',
    );
  }
  if (!isImportBusy(row.status)) return;
  throw new DomainError('not-ready', `This import is ${row.status} just now. Stop that first, or wait for its end.`);
}

/** Merges the earlier reading options with the new ones. A header row is valid only for its sheet and delimiter. */
function mergedOverrides(row: ImportRow, overrides: ReadingOverrides): ReadingOverrides {
  const { format: _, ...asRead }: Partial<Reading> = row.reading ?? {};
  const { headerRow, ...before }: ReadingOverrides = overridesOf(row) ?? (row.detected ? asRead : {});
  const cutAnew = overrides.sheet !== undefined || overrides.delimiter !== undefined || overrides.quote !== undefined;
  const keepRow = headerRow !== undefined && !cutAnew && overrides.header === undefined;
  return { ...before, ...(keepRow && { headerRow }), ...overrides };
}

async function inspectAgain(
  context: Context,
  row: ImportRow,
  overrides: ReadingOverrides,
): Promise<Inspection | ReadingError | undefined> {
  if (row.content === 'files') {
    throw new DomainError(
      'invalid-request',
      `The rows of this import are its files (${FILE_COLUMNS.join(', ')}): there is nothing to read otherwise.`,
    );
  }
  if (row.files.length === 0) throw new DomainError('not-ready', 'There is no file yet to be read.');
  const table = row.detected?.table;
  if (row.reading?.format !== 'xlsx')
    return inspectionOrError(() => inspectFiles(context, row.files, row.type, overrides));
  // Another sheet must be unpacked first. In the same sheet only the header row can change.
  const { header = true, headerRow, remarks = [] } = table ?? {};
  const found = { ...row.reading, header, ...(headerRow && { headerRow }) };
  const reading = withOverrides(found, { ...overrides, encoding: 'utf-8', delimiter: ',', quote: '"' });
  if (!table || (overrides.sheet !== undefined && overrides.sheet !== table.sheet)) {
    return { reading, columns: [], remarks: [], preview: [] };
  }
  return inspectionOrError(() =>
    inspectTable(context, { ...tableOf(row), everyRow: false, reading, columns: [] }, remarks),
  );
}

/** @throws DomainError `invalid-request` for an unknown field */
function checkedMapping(type: JobType, mapping: Mapping): Mapping {
  const known = new Set(fieldsOf(type).map((field) => field.path));
  const errors = Object.keys(mapping)
    .filter((path) => !known.has(path))
    .map((path) => ({ path: `mapping.${path}`, message: `is not a field of ${type}` }));
  if (errors.length === 0) return mapping;
  throw new DomainError('invalid-request', `The mapping names what ${type} does not have.`, { errors });
}

/** Returns the fields whose source is still the suggested one. */
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
