import type { ResultRow } from '@/lib/domain/batch';
import { guardCell, META, warningsCell } from '@/lib/domain/batch/results/cells';

const COLUMNS = ['index', 'status', 'input', 'result', 'error'];

/** One line of JSON for each child: result, error and warnings only where there are any. */
function toJsonLine({ index, status, input, result, error, warnings }: ResultRow): string {
  return `${JSON.stringify({
    index,
    status,
    input,
    ...(status === 'completed' ? { result } : {}),
    ...(error ? { error } : {}),
    ...(warnings ? { [META.warnings]: warnings } : {}),
  })}\n`;
}

/** Spreadsheets run what begins like a formula; an apostrophe makes it text. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = guardCell(typeof value === 'string' ? value : JSON.stringify(value));
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvCells({ index, status, input, result, error }: ResultRow): unknown[] {
  return [index, status, JSON.stringify(input), result === null ? null : JSON.stringify(result), error?.message];
}

const csvLine = (cells: unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** Pages of children as the text of a download. @param warned whether CSV has a column for warnings */
export async function* resultsText(
  pages: AsyncGenerator<ResultRow[]>,
  format: 'jsonl' | 'csv',
  warned = false,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (format === 'csv') yield encoder.encode(csvLine(warned ? [...COLUMNS, META.warnings] : COLUMNS));
  const toCsvLine = (row: ResultRow) =>
    csvLine(warned ? [...csvCells(row), warningsCell(row.warnings)] : csvCells(row));
  const toLine = format === 'csv' ? toCsvLine : toJsonLine;
  for await (const rows of pages) yield encoder.encode(rows.map(toLine).join(''));
}
