import type { Reading } from '@/lib/contracts/import';
import { csvRecords } from '@/lib/tabular/csv-records';
import { READ_LIMITS } from '@/lib/tabular/row';

type CsvReading = Pick<Reading, 'delimiter' | 'quote' | 'header'>;

const DELIMITERS = [',', ';', '\t', '|'];
const SAMPLE_ROWS = 200;
/** Beyond this share of rows that can't be read, quotes are no quotes. */
const ODD = 0.2;

interface Sample {
  rows: string[][];
  bad: number;
}

/** What a text that is taken for a CSV looks like: the delimiter that cuts its rows most evenly, its quotes, its header. */
export async function guessCsv(
  head: string,
  whole: boolean,
  fieldNames: readonly string[],
): Promise<CsvReading & { odd: boolean }> {
  const sample = whole ? head : head.slice(0, head.lastIndexOf('\n') + 1) || head;
  const quoted = await bestDelimiter(sample, guessQuote(sample));
  const odd = quoted.sample.bad > ODD * (quoted.sample.rows.length + quoted.sample.bad);
  const { delimiter, quote, sample: read } = odd ? await bestDelimiter(sample, '') : quoted;
  return { delimiter, quote, header: hasHeader(read.rows, fieldNames), odd };
}

async function bestDelimiter(text: string, quote: Reading['quote']) {
  let best = { delimiter: ',', quote, score: -1, sample: { rows: [], bad: 0 } as Sample };
  for (const delimiter of DELIMITERS) {
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
    else sample.rows.push(record.cells);
    if (sample.rows.length + sample.bad >= SAMPLE_ROWS) break;
  }
  return sample;
}

/** 0 where rows have one cell; else the share of rows of the usual width, a little more for wider ones. */
function evenness({ rows, bad }: Sample): number {
  if (rows.length === 0) return 0;
  const widths = new Map<number, number>();
  for (const row of rows) widths.set(row.length, (widths.get(row.length) ?? 0) + 1);
  const [[width, count] = [1, 0]] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return width < 2 ? 0 : count / (rows.length + bad) + Math.min(width, 50) / 10_000;
}

function guessQuote(sample: string): '"' | "'" {
  const count = (mark: string) =>
    (sample.match(new RegExp(`(?:^|[,;\\t|])${mark}[^${mark}\\n]*${mark}(?=[,;\\t|\\r\\n]|$)`, 'gm')) ?? []).length;
  const single = count("'");
  return single > 1 && single > count('"') * 4 ? "'" : '"';
}

const VALUE = /^\s*(?:[-+]?[\d.,]+%?|true|false|null|\d{4}-\d\d-\d\d.*|\S+@\S+\.\S+|https?:\/\/\S+)\s*$/i;
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Whether the first row names the columns: it says a known field, or it reads like names and the rows below don't. */
export function hasHeader(rows: readonly string[][], fieldNames: readonly string[]): boolean {
  const [first, ...rest] = rows;
  if (!first) return true;
  const known = new Set(fieldNames.map(plain));
  if (first.some((cell) => cell.length < 100 && known.has(plain(cell)))) return true;
  const filled = first.filter((cell) => cell.trim() !== '');
  if (filled.length < first.length / 2) return false;
  if (filled.some((cell) => VALUE.test(cell) || cell.length > 100)) return false;
  // A value that comes again below it is a value.
  return !rest.slice(0, 50).some((row) => row.some((cell, i) => cell !== '' && cell === first[i]));
}
