import { stringifyJson } from '@/lib/contracts/json';
import { META, type RemarkColumn } from '@/lib/domain/batch/results/cells';
import type { OutcomeRow } from '@/lib/domain/batch/stream-results';
import { csvLine } from '@/lib/tabular/write-text';

const COLUMNS = ['index', 'status', 'input', 'result', 'error'];

/** Returns one line of JSON for a child. Absent results, errors, warnings and costs are omitted. */
function toJsonLine({ of, index, status, input, result, error, warnings, tokens, usd }: OutcomeRow): string {
  return `${stringifyJson({
    ...of,
    index,
    status,
    input,
    ...(status === 'completed' ? { result } : {}),
    ...(error ? { error } : {}),
    ...(warnings ? { [META.warnings]: warnings } : {}),
    ...(tokens === null ? {} : { [META.tokens]: tokens }),
    ...(usd === null ? {} : { [META.usd]: usd }),
  })}\n`;
}

function csvCells({ index, status, input, result, error }: OutcomeRow): unknown[] {
  return [index, status, stringifyJson(input), result === null ? null : stringifyJson(result), error?.message];
}

const guarded = csvLine({ guardFormulas: true });

/** Formats pages of children as the text of a download. @param remarks further columns of CSV */
export async function* resultsText(
  pages: AsyncGenerator<OutcomeRow[]>,
  format: 'jsonl' | 'csv',
  remarks: readonly RemarkColumn[] = [],
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (format === 'csv') yield encoder.encode(guarded([...COLUMNS, ...remarks.map(({ name }) => name)]));
  const toCsvLine = (row: OutcomeRow) => guarded([...csvCells(row), ...remarks.map(({ cell }) => cell(row))]);
  const toLine = format === 'csv' ? toCsvLine : toJsonLine;
  for await (const rows of pages) yield encoder.encode(rows.map(toLine).join(''));
}
