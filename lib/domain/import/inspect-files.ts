import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import { cellText } from '@/lib/contracts/cell';
import { defined } from '@/lib/contracts/defined';
import type { Mapping, Reading, ReadingOverrides } from '@/lib/contracts/import';
import { isFields } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { openStored } from '@/lib/domain/file/open-file';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';
import { shownCell } from '@/lib/tabular/bad-cell';
import { LeftOutTally } from '@/lib/tabular/left-out';
import { fieldsOf } from './mapping/fields';
import { fits, suggestMapping } from './mapping/suggest-mapping';
import { detectReading, HEAD_BYTES, readHead } from './reading/detect-reading';
import { readRows, type Table, type TableFile } from './reading/read-rows';
import { ReadingError } from './reading/reading-error';
import type { Cells } from './reading/source-row';

/** The result of reading the first rows of a table. */
export interface Inspection {
  reading: Reading;
  remarks: string[];
  columns: string[];
  preview: Record<string, unknown>[];
}

/** The maximum displayed characters of a cell. */
const PREVIEW_TEXT = 300;

/**
 * Guesses the format, columns and first rows of stored files from their first bytes. Options in `overrides` are not
 * guessed. For a workbook only the format is detected, because it must be unpacked first.
 * @throws ReadingError
 */
export async function inspectFiles(
  context: Context,
  files: readonly TableFile[],
  type: JobType,
  overrides: ReadingOverrides = {},
): Promise<Inspection> {
  const first = files[0];
  if (!first) throw new ReadingError('empty', 'There is no file.');
  const head = await headOf(context, first);
  const names = fieldsOf(type).flatMap((field) => [field.path, field.path.split('.').at(-1) ?? '']);
  const detected = await detectReading(head, {
    name: first.name,
    whole: head.length < HEAD_BYTES,
    fieldNames: names,
    overrides,
  });
  const reading = withOverrides(detected.reading, overrides);
  if (reading.format === 'xlsx') {
    if (files.length > 1) {
      throw new ReadingError('one-workbook', 'Upload one workbook at a time, or save its sheets as CSV files.');
    }
    return { reading, remarks: detected.remarks, columns: [], preview: [] };
  }
  const table = { files: files.slice(0, 1), reading, columns: [] };
  const inspection = await inspectTable(context, table, detected.remarks);
  for (const file of files.slice(1, 1 + COMPARED_FILES)) await requireLike(context, first, file, inspection);
  return inspection;
}

/** Merges the user's options into a reading. `headerRow` applies only if the table has a header. */
export function withOverrides(found: Reading, overrides: ReadingOverrides): Reading {
  const { headerRow, ...reading } = { ...found, ...defined(overrides) };
  if (overrides.headerRow !== undefined) return { ...reading, header: true, headerRow };
  return reading.header && headerRow !== undefined ? { ...reading, headerRow } : reading;
}

const headOf = async (context: Context, { fileId }: TableFile): Promise<Uint8Array> =>
  readHead((await openStored(context, fileId)).stream);

/**
 * How many further files are compared with the first one. Differences in later files are found when all rows are read.
 */
const COMPARED_FILES = 20;
const FORMAT = { csv: 'a CSV', json: 'JSON', jsonl: 'JSON lines', xlsx: 'a workbook' } as const;

/** Requires that a further file has the format of the first one. @throws ReadingError with the difference */
async function requireLike(context: Context, first: TableFile, file: TableFile, inspection: Inspection): Promise<void> {
  const { reading, columns } = inspection;
  const head = await headOf(context, file);
  const { format } = (await detectReading(head, { name: file.name, whole: head.length < HEAD_BYTES })).reading;
  if (format !== reading.format) {
    throw new ReadingError(
      'other-format',
      `${file.name} is ${FORMAT[format]}, and ${first.name} is ${FORMAT[reading.format]}. Files of one table must be of one kind: upload the others separately.`,
    );
  }
  // Reading the first row checks its columns.
  if (format !== 'csv') return;
  for await (const _ of readRows(context, { files: [file], reading, columns })) break;
}

/** Returns columns and first rows of a table with known reading options. @throws ReadingError */
export async function inspectTable(context: Context, table: Table, remarks: string[]): Promise<Inspection> {
  const { reading } = table;
  const isCsv = reading.format === 'csv' || reading.format === 'xlsx';
  const sample: Cells[] = [];
  let columns: string[] | undefined;
  let broken: string | undefined;
  const onColumns = (found: string[]) => {
    columns ??= found;
  };
  const left = new LeftOutTally();
  for await (const row of readRows(context, table, { onColumns, left })) {
    if ('cells' in row) sample.push(row.cells);
    else broken ??= `row ${row.row} ${row.broken}`;
    if (row.row >= (isCsv ? IMPORT_LIMITS.previewRows : COLUMN_SAMPLE)) break;
  }
  if (sample.length === 0) throw nothingRead(columns, broken, reading);
  const names = columns ?? columnsOfRows(sample);
  return {
    reading,
    remarks: [...remarks, ...left.aboutHeader(), ...(isCsv ? columnRemarks(names, reading.header) : [])],
    columns: names,
    preview: sample.slice(0, IMPORT_LIMITS.previewRows).map(shown),
  };
}

function nothingRead(columns: string[] | undefined, broken: string | undefined, { header }: Reading): ReadingError {
  if (broken !== undefined) {
    return new ReadingError(
      'unreadable',
      `No row could be read: ${broken}. Is it the right file? If another row names the columns, say which. For a CSV, try another delimiter, or read quotes as ordinary characters.`,
    );
  }
  if (!columns || columns.length === 0) return new ReadingError('no-rows', 'The file holds no rows.');
  return new ReadingError(
    'no-rows',
    header
      ? `There is a header (${columns.slice(0, 5).join(', ').slice(0, 200)}) and no row under it. If that line is a row, say that there is no header.`
      : 'The file holds no rows.',
  );
}

/** Returns a row for the screen, with long cells truncated. */
function shown(cells: Cells): Record<string, unknown> {
  const short: Record<string, unknown> = {};
  for (const [column, cell] of Object.entries(cells)) {
    const text = cellText(shownCell(cell)).replaceAll('\u0000', '\ufffd');
    const kept =
      text.length > PREVIEW_TEXT ? `${text.slice(0, PREVIEW_TEXT)}…` : typeof cell === 'string' ? text : cell;
    Object.defineProperty(short, column, { value: kept, enumerable: true });
  }
  return short;
}

/** Returns the initial mapping of an import: the newest saved one that fits, else one suggested from the names. */
export async function firstMapping(
  db: Queryable,
  context: Context,
  type: JobType,
  columns: readonly string[],
): Promise<{ mapping: Mapping; suggested: string[] }> {
  const fields = fieldsOf(type);
  const { rows } = await db.query<{ mapping: Mapping }>(
    sql`select mapping from import_mapping where organization_id = ${context.organizationId} and type = ${type} order by created_at desc limit 50`,
  );
  const saved = rows.find(({ mapping }) => Object.keys(mapping).length > 0 && fits(mapping, fields, columns));
  const mapping = saved?.mapping ?? suggestMapping(fields, columns, definitionOf(type).exactColumns);
  return { mapping, suggested: Object.keys(mapping) };
}

/** How many JSON rows are searched for keys. */
const COLUMN_SAMPLE = 100;

/** Returns the columns of JSON rows: keys in order of appearance, including nested ones (`address.city`). */
function columnsOfRows(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const found = new Set<string>();
  for (const row of rows) {
    for (const [key, value] of Object.entries(row)) {
      found.add(key);
      if (!isFields(value)) continue;
      for (const inner of Object.keys(value)) found.add(`${key}.${inner}`);
    }
  }
  return [...found].slice(0, IMPORT_LIMITS.columns);
}

/** Returns remarks about unusual columns of a table. */
function columnRemarks(columns: readonly string[], header: boolean): string[] {
  if (!header) return ['No header was found: columns are called by their place.'];
  const twice = columns.filter((name) => /_\d+$/.test(name) && columns.includes(name.replace(/_\d+$/, '')));
  const nameless = columns.filter((name, i) => name === `column_${i + 1}`);
  return [
    ...(twice.length > 0 ? [`Column names that come twice got a number: ${twice.slice(0, 3).join(', ')}.`] : []),
    ...(nameless.length > 0
      ? [`Columns without a name are called by their place: ${nameless.slice(0, 3).join(', ')}.`]
      : []),
  ];
}
