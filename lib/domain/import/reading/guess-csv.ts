import { guessDialect } from '@/lib/contracts/csv/dialect';
import type { Reading, ReadingOverrides } from '@/lib/contracts/import';
import { findHeader, hasHeader } from '@/lib/tabular/find-header';

type CsvReading = Pick<Reading, 'delimiter' | 'quote' | 'header' | 'headerRow'>;

interface GuessOptions {
  whole: boolean;
  fieldNames: readonly string[];
  /** options that a user set; they are not guessed */
  overrides: ReadingOverrides;
}

/** Guesses the delimiter, quotes and header row of a CSV. */
export function guessCsvReading(
  head: string,
  { whole, fieldNames, overrides }: GuessOptions,
): CsvReading & { unbalanced: boolean } {
  const { delimiter, quote } = overrides;
  const guessed = guessDialect(head, { whole, delimiter, quote });
  return {
    delimiter: guessed.delimiter,
    quote: guessed.quote,
    unbalanced: guessed.unbalanced,
    ...headerOf(guessed.rows, fieldNames, overrides),
  };
}

/** Returns the header row, if there is one. */
export function headerOf(
  rows: readonly { at: number; cells: readonly string[] }[],
  fieldNames: readonly string[],
  overrides: Pick<ReadingOverrides, 'header' | 'headerRow'>,
): Pick<Reading, 'header' | 'headerRow'> {
  if (overrides.headerRow !== undefined) return { header: true, headerRow: overrides.headerRow };
  const cells = rows.map((row) => row.cells.map(String));
  const at = findHeader(cells, fieldNames);
  const header = overrides.header ?? (at > 0 || hasHeader(cells, fieldNames));
  return header ? { header, headerRow: rows[at]?.at ?? 1 } : { header };
}
