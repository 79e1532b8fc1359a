import { cellText } from '@/lib/contracts/cell';
import { defined } from '@/lib/contracts/defined';
import { IMPORT_LIMITS, type Mapping, type Reading, type ToldReading } from '@/lib/contracts/import';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import type { JobType } from '@/lib/job-types/catalogue';
import { shownCell } from '@/lib/tabular/bad-cell';
import { LeftOutTally } from '@/lib/tabular/left-out';
import { fieldsOf } from './mapping/fields';
import { fits, suggestMapping } from './mapping/suggest';
import { COLUMN_SAMPLE, columnRemarks, columnsOfRows } from './reading/columns';
import { detectReading, HEAD_BYTES } from './reading/detect';
import { ReadingError } from './reading/failure';
import { readHead, readRows, type Table, type TableFile } from './reading/read-rows';
import type { Cells } from './reading/rows';

export interface Look {
  reading: Reading;
  remarks: string[];
  columns: string[];
  preview: Record<string, unknown>[];
}

/** How long a cell is on the screen at most. */
const PREVIEW_TEXT = 300;

/**
 * Looks at the first bytes of stored files: how they are written, their columns, their first rows. With `told`, only
 * what it leaves open is guessed. Of a workbook only what it is can be said.
 * @throws ReadingError
 */
export async function lookAtFiles(
  context: Context,
  files: readonly TableFile[],
  type: JobType,
  told: ToldReading = {},
): Promise<Look> {
  const first = files[0];
  if (!first) throw new ReadingError('empty', 'There is no file.');
  const head = await readHead(context, first.fileId, HEAD_BYTES);
  const names = fieldsOf(type).flatMap((field) => [field.path, field.path.split('.').at(-1) ?? '']);
  const detected = await detectReading(head, first.name, head.length < HEAD_BYTES, names, told);
  const reading = withTold(detected.reading, told);
  if (reading.format === 'xlsx') {
    if (files.length > 1) {
      throw new ReadingError('one-workbook', 'Bring one workbook at a time, or save its sheets as CSV files.');
    }
    return { reading, remarks: detected.remarks, columns: [], preview: [] };
  }
  const table = { files: files.slice(0, 1), reading, columns: [] };
  const look = await lookOn(context, table, detected.remarks);
  for (const file of files.slice(1, 1 + LOOKED_AT)) await requireLike(context, first, file, look);
  return look;
}

/** A reading with what a person said about it; a row that names the columns is one only while there is such a row. */
export function withTold(found: Reading, told: ToldReading): Reading {
  const { headerRow, ...reading } = { ...found, ...defined(told) };
  if (told.headerRow !== undefined) return { ...reading, header: true, headerRow };
  return reading.header && headerRow !== undefined ? { ...reading, headerRow } : reading;
}

/** How many further files are looked at before every row is; one that differs beyond them is found then. */
const LOOKED_AT = 20;
const FORMAT = { csv: 'a CSV', json: 'JSON', jsonl: 'JSON lines', xlsx: 'a workbook' } as const;

/** A further file of a table is written like the first one. @throws ReadingError saying what differs */
async function requireLike(context: Context, first: TableFile, file: TableFile, look: Look): Promise<void> {
  const { reading, columns } = look;
  const head = await readHead(context, file.fileId, HEAD_BYTES);
  const { format } = (await detectReading(head, file.name, head.length < HEAD_BYTES)).reading;
  if (format !== reading.format) {
    throw new ReadingError(
      'other-format',
      `${file.name} is ${FORMAT[format]}, and ${first.name} is ${FORMAT[reading.format]}. Files of one table must be of one kind: bring the others by themselves.`,
    );
  }
  // Its columns are judged as soon as they are read.
  if (format !== 'csv') return;
  for await (const _ of readRows(context, { files: [file], reading, columns })) break;
}

/** Columns and first rows of a table whose reading is known. @throws ReadingError */
export async function lookOn(context: Context, table: Table, remarks: string[]): Promise<Look> {
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

/** A row for the screen: long cells cut, the rest as it is. */
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

/** A mapping to begin with: the newest saved one that fits, else what the names suggest. */
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
  const mapping = saved?.mapping ?? suggestMapping(fields, columns);
  return { mapping, suggested: Object.keys(mapping) };
}
