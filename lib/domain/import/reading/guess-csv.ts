import type { Reading } from '@/lib/contracts/import';
import { csvRecords } from '@/lib/tabular/csv-records';
import { findHeader, HEADER_SAMPLE, hasHeader } from '@/lib/tabular/find-header';
import { isBlank } from '@/lib/tabular/raw';
import { SEPARATOR_LINE } from '@/lib/tabular/read-csv';
import { READ_LIMITS } from '@/lib/tabular/row';

type CsvReading = Pick<Reading, 'delimiter' | 'quote' | 'header' | 'headerRow'>;

const DELIMITERS = [',', ';', '\t', '|'];
/** Beyond this share of rows that can't be read, quotes are no quotes. */
const ODD = 0.2;

interface Sample {
  /** without blank ones */
  rows: { at: number; cells: string[] }[];
  bad: number;
}

/**
 * What a text that is taken for a CSV looks like: the delimiter that cuts its rows most evenly, or the one that a first
 * line `sep=;` says, its quotes, and the row that names its columns. What is told is not guessed.
 */
export async function guessCsv(
  head: string,
  whole: boolean,
  fieldNames: readonly string[],
  told: Partial<CsvReading> = {},
): Promise<CsvReading & { odd: boolean }> {
  const [line, separator] = SEPARATOR_LINE.exec(head) ?? [''];
  const text = head.slice(line.length);
  const sample = whole ? text : text.slice(0, text.lastIndexOf('\n') + 1) || text;
  const delimiters = told.delimiter ?? separator;
  const among = delimiters === undefined ? DELIMITERS : [delimiters];
  const quoted = await bestDelimiter(sample, told.quote ?? guessQuote(sample), among);
  const odd = told.quote === undefined && quoted.sample.bad > ODD * (quoted.sample.rows.length + quoted.sample.bad);
  const { delimiter, quote, sample: read } = odd ? await bestDelimiter(sample, '', among) : quoted;
  return { delimiter, quote, odd, ...headerOf(read.rows, fieldNames, told, line === '' ? 0 : 1) };
}

/** Which row names the columns, if one does. @param before rows of the file that the sample does not have */
export function headerOf(
  rows: readonly { at: number; cells: readonly string[] }[],
  fieldNames: readonly string[],
  told: Pick<Partial<Reading>, 'header' | 'headerRow'>,
  before = 0,
): Pick<Reading, 'header' | 'headerRow'> {
  if (told.headerRow !== undefined) return { header: true, headerRow: told.headerRow };
  const cells = rows.map((row) => row.cells.map(String));
  const at = findHeader(cells, fieldNames);
  const header = told.header ?? (at > 0 || hasHeader(cells, fieldNames));
  return header ? { header, headerRow: (rows[at]?.at ?? 1) + before } : { header };
}

async function bestDelimiter(text: string, quote: Reading['quote'], among: readonly string[]) {
  let best = { delimiter: among[0] ?? ',', quote, score: -1, sample: { rows: [], bad: 0 } as Sample };
  for (const delimiter of among) {
    const sample = await readSample(text, delimiter, quote);
    const score = evenness(sample);
    if (score > best.score) best = { delimiter, quote, score, sample };
  }
  return best;
}

async function readSample(text: string, delimiter: string, quote: string): Promise<Sample> {
  const sample: Sample = { rows: [], bad: 0 };
  const chunks = (async function* () {
    yield text;
  })();
  for await (const record of csvRecords(chunks, { delimiter, quote, maxRecord: READ_LIMITS.maxRowCharacters })) {
    if ('bad' in record) sample.bad += 1;
    else if (!record.cells.every(isBlank)) sample.rows.push(record);
    if (sample.rows.length + sample.bad >= HEADER_SAMPLE) break;
  }
  return sample;
}

/** 0 where rows have one cell; else the share of rows of the usual width, a little more for wider ones. */
function evenness({ rows, bad }: Sample): number {
  if (rows.length === 0) return 0;
  const widths = new Map<number, number>();
  for (const { cells } of rows) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  const [[width, count] = [1, 0]] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return width < 2 ? 0 : count / (rows.length + bad) + Math.min(width, 50) / 10_000;
}

function guessQuote(sample: string): '"' | "'" {
  const count = (mark: string) =>
    (sample.match(new RegExp(`(?:^|[,;\\t|])${mark}[^${mark}\\n]*${mark}(?=[,;\\t|\\r\\n]|$)`, 'gm')) ?? []).length;
  const single = count("'");
  return single > 1 && single > count('"') * 4 ? "'" : '"';
}
