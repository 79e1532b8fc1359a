import { env } from '@/lib/config/env';
import { cellText } from '@/lib/contracts/cell';
import { correctionRow, correctionsHead } from '@/lib/contracts/correction';
import type { Correction } from '@/lib/domain/batch/corrections/correct-batch';
import { META } from '@/lib/domain/batch/results/cells';
import { DomainError } from '@/lib/domain/errors';
import type { TableCorrection } from '@/lib/domain/import/table/stage-corrections';
import { validate } from '@/lib/domain/validate';
import { bodyChunks, JSON_LINES, mediaType, readJson, requirePlain } from '@/lib/http/body';
import { tooManyInside } from '@/lib/http/json';
import { DATA_BODY_BYTES, LIST_VALUES } from '@/lib/http/limits';
import { validateEach } from '@/lib/http/validate';
import { readRows } from '@/lib/tabular/read-rows';
import { type ReadRow, TabularError, type TabularFormat, type Values } from '@/lib/tabular/row';

const FORMATS: Readonly<Record<string, TabularFormat>> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  ...Object.fromEntries(JSON_LINES.map((type) => [type, 'jsonl' as const])),
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
};

/**
 * Reads the corrections of failed items, from a corrected errors file (CSV, XLSX or JSONL, as a stream) or from JSON.
 * @throws DomainError `unsupported-media-type`, `invalid-request`, `invalid-json`, `payload-too-large`
 */
export async function readCorrections(
  request: Request,
): Promise<{ corrections: AsyncIterable<Correction | TableCorrection>; dry: boolean }> {
  const type = mediaType(request);
  const format = FORMATS[type];
  if (format) {
    requirePlain(request);
    return { corrections: fromFile(bodyChunks(request), format), dry: false };
  }
  if (type && type !== 'application/json') {
    throw new DomainError('unsupported-media-type', `Send CSV, XLSX, JSONL or JSON, not ${type}.`);
  }
  const body = await readJson(request, DATA_BODY_BYTES, LIST_VALUES);
  const { rows, dry } = validate(correctionsHead, body ?? {}, 'The body');
  return { corrections: fromBody(await validateEach(correctionRow, rows, 'The body', 'rows')), dry };
}

async function* fromBody(
  rows: { row?: number | undefined; jobId?: string | undefined; data: unknown }[],
): AsyncGenerator<Correction> {
  let line = 0;
  for (const row of rows) {
    line += 1;
    const issue = tooManyInside(row.data);
    yield issue === undefined ? { line, ...row } : { line, issue };
  }
}

async function* fromFile(
  body: AsyncGenerator<Uint8Array>,
  format: TabularFormat,
): AsyncGenerator<Correction | TableCorrection> {
  try {
    const { chunks, delimiter } = format === 'csv' ? await delimiterOf(body) : { chunks: body, delimiter: undefined };
    const toCorrection = format === 'jsonl' ? fromJson : fromCells;
    // A row with only its number in the batch is retried without a change.
    const options = { everyRow: true, maxFileBytes: env().MAX_UPLOAD_BYTES, ...(delimiter && { delimiter }) };
    for await (const read of readRows(chunks, format, options)) {
      if (!('issue' in read) && Object.values(read.values).every((v) => cellText(v) === '')) continue;
      yield 'issue' in read ? { line: read.row, issue: read.issue } : toCorrection(read);
    }
  } catch (cause) {
    if (!(cause instanceof TabularError)) throw cause;
    throw new DomainError('invalid-request', `The file can't be read: ${cause.message}`, { cause });
  }
}

type Row = Extract<ReadRow, { values: Values }>;

function fromCells({ row: line, values }: Row): Correction | TableCorrection {
  const { [META.row]: place, [META.job]: jobId, [META.reason]: _reason, [META.code]: _code, ...rest } = values;
  const { [META.tableRow]: tableRow, ...own } = rest;
  const cells = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, cellText(value)]));
  const given = named(line, cellText(place), cellText(jobId), { cells });
  return tableRow === undefined || 'issue' in given ? given : ofTable(given, tableRow, { cells, typed: false });
}

function fromJson({ row: line, values }: Row): Correction | TableCorrection {
  const { cells } = values;
  if ('tableRow' in values && typeof cells === 'object' && cells !== null) {
    const given = named(line, cellText(values.row), cellText(values.jobId), { data: null });
    return 'issue' in given ? given : ofTable(given, values.tableRow, { cells: cells as Values, typed: true });
  }
  if (!('input' in values)) return { line, issue: 'has no input; each line needs row or jobId, and input' };
  return named(line, cellText(values.row), cellText(values.jobId), { data: values.input });
}

/** Adds the row of the imported table to a correction. An item without one was added to the batch later. */
function ofTable(
  { line, row, jobId }: Exclude<Correction, { issue: string }>,
  tableRow: unknown,
  given: Pick<TableCorrection, 'cells' | 'typed'>,
): Correction | TableCorrection {
  const text = cellText(tableRow).trim();
  const at = text === '' ? null : Number(text);
  if (at !== null && !isPlace(at)) return { line, issue: `${META.tableRow} is ${text.slice(0, 40)}, which is no row` };
  return { line, tableRow: at, ...(row && { row }), ...(jobId && { jobId }), ...given };
}

const isPlace = (row: number): boolean => Number.isInteger(row) && row > 0 && row <= 2 ** 31 - 1;

function named(
  line: number,
  place: string,
  jobId: string,
  given: { cells: Record<string, string> } | { data: unknown },
): Correction {
  const row = place.trim() === '' ? undefined : Number(place);
  if (row !== undefined && !isPlace(row)) {
    return { line, issue: `${META.row} is ${place.slice(0, 40)}, which is no place in the batch` };
  }
  return { line, ...(row && { row }), ...(jobId.trim() && { jobId: jobId.trim() }), ...given };
}

/** Bytes that contain the names of our own columns, which come first. */
const HEAD_BYTES = 4096;

/** Detects the delimiter next to our own first columns. Spreadsheets save with the delimiter of their locale. */
async function delimiterOf(body: AsyncGenerator<Uint8Array>) {
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const { done, value } = await body.next();
    if (done) break;
    head.push(value);
    size += value.byteLength;
  }
  const names = [META.tableRow, META.row, META.job, META.reason].join('|');
  const delimiter = new RegExp(`(?:${names})"?([,;\t])`).exec(Buffer.concat(head).toString('latin1'))?.[1];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* head;
    yield* body;
  }
  return { chunks: chunks(), delimiter };
}
