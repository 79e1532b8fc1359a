import type { ResultRow } from '@/lib/domain/batch';
import { guardCell } from '@/lib/domain/batch/results/cells';

const COLUMNS = ['index', 'status', 'input', 'result', 'error'];

/** One line of JSON for each child: result or error only where there is one. */
function toJsonLine({ index, status, input, result, error }: ResultRow): string {
  return `${JSON.stringify({
    index,
    status,
    input,
    ...(status === 'completed' ? { result } : {}),
    ...(error ? { error } : {}),
  })}\n`;
}

/** Spreadsheets run what begins like a formula; an apostrophe makes it text. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = guardCell(typeof value === 'string' ? value : JSON.stringify(value));
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function toCsvLine({ index, status, input, result, error }: ResultRow): string {
  const cells = [index, status, JSON.stringify(input), result === null ? null : JSON.stringify(result), error?.message];
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Pages of children as the text of a download. */
export async function* resultsText(
  pages: AsyncGenerator<ResultRow[]>,
  format: 'jsonl' | 'csv',
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (format === 'csv') yield encoder.encode(`${COLUMNS.join(',')}\r\n`);
  const toLine = format === 'csv' ? toCsvLine : toJsonLine;
  for await (const rows of pages) yield encoder.encode(rows.map(toLine).join(''));
}
