import { stringifyJson } from '@/lib/contracts/json';
import { META, warningsCell } from '@/lib/domain/batch/results/cells';
import type { OutcomeRow } from '@/lib/domain/batch/stream-results';
import { csvLine } from '@/lib/tabular/write-text';

const COLUMNS = ['index', 'status', 'input', 'result', 'error'];

/** Returns one line of JSON for a child. Absent results, errors and warnings are omitted. */
function toJsonLine({ of, index, status, input, result, error, warnings }: OutcomeRow): string {
  return `${stringifyJson({
    ...of,
    index,
    status,
    input,
    ...(status === 'completed' ? { result } : {}),
    ...(error ? { error } : {}),
    ...(warnings ? { [META.warnings]: warnings } : {}),
  })}\n`;
}

function csvCells({ index, status, input, result, error }: OutcomeRow): unknown[] {
  return [index, status, stringifyJson(input), result === null ? null : stringifyJson(result), error?.message];
}

const guarded = csvLine({ guardFormulas: true });

/** Formats pages of children as the text of a download. @param warned whether CSV has a column for warnings */
export async function* resultsText(
  pages: AsyncGenerator<OutcomeRow[]>,
  format: 'jsonl' | 'csv',
  warned = false,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (format === 'csv') yield encoder.encode(guarded(warned ? [...COLUMNS, META.warnings] : COLUMNS));
  const toCsvLine = (row: OutcomeRow) =>
    guarded(warned ? [...csvCells(row), warningsCell(row.warnings)] : csvCells(row));
  const toLine = format === 'csv' ? toCsvLine : toJsonLine;
  for await (const rows of pages) yield encoder.encode(rows.map(toLine).join(''));
}
