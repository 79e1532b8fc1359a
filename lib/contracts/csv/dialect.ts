import { type CsvDialect, csvRecordsOf, isBlankRow } from './records';

/** Excel's separator line: a first line such as `sep=;` that sets the delimiter. It is not a row. */
export const SEPARATOR_LINE = /^\ufeff?"?sep=([^"\r\n])"?(?:\r\n|\r|\n|$)/i;

const DELIMITERS = [',', ';', '\t', '|'];
/** Number of rows that the detection reads. */
export const SAMPLE_ROWS = 200;
/** Number of characters that the detection reads: the same for all readers, so that they detect the same dialect. */
export const SAMPLE_CHARACTERS = 256 * 1024;
/** If a larger share of the rows cannot be parsed and unquoted cells contain quotes (5"), quotes are ordinary characters. */
const MAX_BAD_SHARE = 0.2;

interface Sample {
  /** without blank rows */
  rows: { at: number; cells: string[] }[];
  bad: number;
  /** number of cells in the first record; 0 if it cannot be parsed */
  firstWidth: number;
}

export interface GuessOptions {
  /** whether `head` is the whole text, so that its last line is complete */
  whole: boolean;
  /** known values; they are not detected */
  delimiter?: string | undefined;
  quote?: string | undefined;
  /** quotes are double ones (RFC 4180): single ones are ordinary characters */
  doubleQuotes?: boolean;
  /** the first line is the header, so it must contain the delimiter; otherwise a title may precede the table */
  headerFirst?: boolean;
}

export interface GuessedDialect extends Pick<CsvDialect, 'delimiter'> {
  quote: '"' | "'" | '';
  /** number of characters of the byte order mark or the separator line; they are not part of a row */
  skip: number;
  /** whether quotes are ordinary characters because they are not balanced */
  unbalanced: boolean;
  /** the first rows, without blank rows; `at` counts the records of the file from 1 */
  rows: { at: number; cells: string[] }[];
}

/**
 * Detects the dialect of a CSV from its first characters: the delimiter that splits its rows most evenly, or the one
 * that a separator line sets, and its quotes. A byte order mark is ignored.
 */
export function guessDialect(
  head: string,
  { whole, delimiter, quote, doubleQuotes, headerFirst }: GuessOptions,
): GuessedDialect {
  const [line, separator] = SEPARATOR_LINE.exec(head) ?? [head.startsWith('\ufeff') ? '\ufeff' : ''];
  const cut = !whole || head.length > SAMPLE_CHARACTERS;
  const text = head.slice(line.length, SAMPLE_CHARACTERS);
  const sample = cut ? text.slice(0, text.lastIndexOf('\n') + 1) || text : text;
  const known = delimiter ?? separator;
  const among = known === undefined ? DELIMITERS : [known];
  const best = (mark: string) => bestDelimiter(sample, mark, among, headerFirst === true && known === undefined);
  const mark = quote ?? (doubleQuotes ? '"' : guessQuote(sample));
  const quoted = best(mark);
  const isMostlyBad = quoted.bad > MAX_BAD_SHARE * (quoted.rows.length + quoted.bad);
  const unbalanced = quote === undefined && isMostlyBad && hasUnquoted(sample, mark);
  const found = unbalanced ? best('') : quoted;
  return {
    delimiter: found.delimiter,
    quote: unbalanced ? '' : (mark as GuessedDialect['quote']),
    skip: line.length,
    unbalanced,
    rows: separator === undefined ? found.rows : found.rows.map(({ at, cells }) => ({ at: at + 1, cells })),
  };
}

function bestDelimiter(text: string, quote: string, among: readonly string[], mustCutHeader: boolean) {
  let best: Sample & { delimiter: string; score: number } = {
    delimiter: among[0] ?? ',',
    score: -1,
    rows: [],
    bad: 0,
    firstWidth: 0,
  };
  for (const delimiter of among) {
    const sample = readSample(text, delimiter, quote);
    const score = mustCutHeader && sample.firstWidth < 2 ? 0 : evenness(sample, mustCutHeader);
    if (score > best.score) best = { ...sample, delimiter, score };
  }
  return best;
}

function readSample(text: string, delimiter: string, quote: string): Sample {
  const sample: Sample = { rows: [], bad: 0, firstWidth: 0 };
  for (const record of csvRecordsOf(text, { delimiter, quote })) {
    if ('bad' in record) sample.bad += 1;
    else if (!isBlankRow(record.cells)) {
      if (sample.rows.length + sample.bad === 0) sample.firstWidth = record.cells.length;
      sample.rows.push(record);
    }
    if (sample.rows.length + sample.bad >= SAMPLE_ROWS) break;
  }
  return sample;
}

/** Returns 0 if rows have one cell, else the share of rows with the usual width, slightly more for wider rows. */
function evenness({ rows, bad, firstWidth }: Sample, headerFirst: boolean): number {
  if (rows.length === 0) return 0;
  const widths = new Map<number, number>();
  for (const { cells } of rows) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  const [[usual, most] = [1, 0]] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  const [width, count] = headerFirst ? [firstWidth, widths.get(firstWidth) ?? 0] : [usual, most];
  return width < 2 ? 0 : count / (rows.length + bad) + Math.min(width, 50) / 10_000;
}

/** Returns whether a cell that does not begin with a quote contains one. Cells that are quoted well do not count. */
function hasUnquoted(sample: string, mark: string): boolean {
  const quoted = new RegExp(`(^|[,;\\t|\\n])${mark}(?:[^${mark}\\n]|${mark}${mark})*${mark}(?=[,;\\t|\\r\\n]|$)`, 'g');
  return new RegExp(`(?:^|[,;\\t|\\n])[^${mark},;\\t|\\r\\n]+${mark}`).test(sample.replace(quoted, '$1'));
}

function guessQuote(sample: string): '"' | "'" {
  const count = (mark: string) =>
    (sample.match(new RegExp(`(?:^|[,;\\t|])${mark}[^${mark}\\n]*${mark}(?=[,;\\t|\\r\\n]|$)`, 'gm')) ?? []).length;
  const single = count("'");
  return single > 1 && single > count('"') * 4 ? "'" : '"';
}
