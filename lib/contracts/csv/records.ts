/** The cells of a record, or why it cannot be read. `at` counts records from 1, blank lines too. */
export type CsvRecord = { at: number; cells: string[] } | { at: number; bad: string };

/** Characters of one record. */
export const MAX_RECORD = 1024 ** 2;

export interface CsvDialect {
  delimiter: string;
  /** empty: quotes are ordinary characters */
  quote: string;
  /** characters of one record, `MAX_RECORD` when absent; a longer one is bad */
  maxRecord?: number;
}

/** Where a record ends. `cut`: the rest of its line is still to come and has to be skipped. `more`: it is incomplete. */
type Step = { cells: string[]; end: number } | { bad: string; end: number; cut?: boolean } | 'more';

const CR = 13;
const LF = 10;

/**
 * The one CSV reader of the product, in the server and in the browser. It cuts text into records as spreadsheets do:
 * quoted cells may hold delimiters, line ends and doubled quotes; a quote inside an unquoted cell is a character. A
 * record that cannot be read costs only itself: reading continues with the next line, also after an unclosed quote.
 */
export class CsvSplitter {
  #text = '';
  #record = 0;
  #skipping = false;
  /** An incomplete record is read again from its start, so only once the text has doubled: that keeps it linear. */
  #wanted = 0;

  constructor(readonly dialect: CsvDialect) {}

  /** The records that are complete with this chunk. Blank lines are no records. */
  *take(chunk: string): Generator<CsvRecord> {
    this.#text += chunk;
    if (this.#text.length < this.#wanted) return;
    yield* this.#read({ final: false });
    this.#wanted = this.#text.length * 2;
  }

  /** The last record, when the text has ended. */
  *end(): Generator<CsvRecord> {
    yield* this.#read({ final: true });
  }

  *#read({ final }: { final: boolean }): Generator<CsvRecord> {
    const text = this.#text;
    let at = 0;
    if (this.#skipping) {
      const next = endOfLine(text, 0, final);
      if (next === undefined) {
        this.#text = text.slice(-1);
        return;
      }
      at = next;
      this.#skipping = false;
    }
    while (at < text.length && !this.#skipping) {
      const step = readRecord(text, at, this.dialect, final);
      if (step === 'more') break;
      at = step.end;
      this.#record += 1;
      if ('bad' in step) {
        this.#skipping = step.cut === true;
        yield { at: this.#record, bad: step.bad };
      } else if (step.cells.length > 1 || step.cells[0] !== '') yield { at: this.#record, cells: step.cells };
    }
    this.#text = text.slice(at);
  }
}

/** The records of a text that comes in chunks. */
export async function* csvRecords(chunks: AsyncIterable<string>, dialect: CsvDialect): AsyncGenerator<CsvRecord> {
  const splitter = new CsvSplitter(dialect);
  for await (const chunk of chunks) yield* splitter.take(chunk);
  yield* splitter.end();
}

/** The records of a whole text; of a cut one, without the last record, which may be incomplete. */
export function* csvRecordsOf(
  text: string,
  { cut = false, ...dialect }: CsvDialect & { cut?: boolean },
): Generator<CsvRecord> {
  const splitter = new CsvSplitter(dialect);
  yield* splitter.take(text);
  if (!cut) yield* splitter.end();
}

/** Whether a row holds nothing but blanks, as spreadsheets save them too. */
export const isBlankRow = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

const tooLong = (maxRecord: number) => `is longer than ${maxRecord.toLocaleString('en')} characters`;

function readRecord(text: string, start: number, dialect: CsvDialect, final: boolean): Step {
  const { quote, delimiter, maxRecord = MAX_RECORD } = dialect;
  const cells: string[] = [];
  let at = start;
  for (;;) {
    if (quote !== '' && text[at] === quote) {
      const closed = closingQuote(text, at + 1, quote);
      const open = closed === undefined || (closed === text.length - 1 && !final);
      if (open || (closed ?? 0) - start > maxRecord) {
        if (open && !final && text.length - start <= maxRecord) return 'more';
        return skipLine(text, start, final, open && final ? 'a quoted cell is never closed' : tooLong(maxRecord));
      }
      cells.push(text.slice(at + 1, closed).replaceAll(quote + quote, quote));
      at = (closed ?? 0) + 1;
      if (at < text.length && text[at] !== delimiter && !isLineEnd(text, at)) {
        return skipLine(text, at, final, 'a closing quote is followed by more; double the quotes inside a cell');
      }
    } else {
      const end = endOfCell(text, at, delimiter);
      cells.push(text.slice(at, end));
      at = end;
    }
    if (at - start > maxRecord) return skipLine(text, at, final, tooLong(maxRecord));
    if (at >= text.length) return final ? { cells, end: at } : 'more';
    if (text[at] !== delimiter) {
      const end = endOfLine(text, at, final);
      return end === undefined ? 'more' : { cells, end };
    }
    at += 1;
  }
}

/** Gives up on a record: it ends with the line that `from` is on. */
function skipLine(text: string, from: number, final: boolean, bad: string): Step {
  const end = endOfLine(text, from, final);
  if (end !== undefined) return { bad, end };
  return text.endsWith('\r') ? 'more' : { bad, end: text.length, cut: true };
}

function closingQuote(text: string, from: number, quote: string): number | undefined {
  for (let i = text.indexOf(quote, from); i !== -1; i = text.indexOf(quote, i + 2)) {
    if (text[i + 1] !== quote) return i;
  }
  return undefined;
}

const isLineEnd = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code === LF || code === CR;
};

function endOfCell(text: string, from: number, delimiter: string): number {
  const stop = delimiter.charCodeAt(0);
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === stop || code === LF || code === CR) return i;
  }
  return text.length;
}

/** Where the next line begins; undefined while that is unknown. */
function endOfLine(text: string, from: number, final: boolean): number | undefined {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LF) return i + 1;
    if (code !== CR) continue;
    if (i + 1 < text.length) return text.charCodeAt(i + 1) === LF ? i + 2 : i + 1;
    return final ? i + 1 : undefined;
  }
  return final ? text.length : undefined;
}
