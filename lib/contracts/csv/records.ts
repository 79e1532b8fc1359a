/** The cells of a record, or why it cannot be parsed. `at` counts records from 1, including blank lines. */
export type CsvRecord = { at: number; cells: string[] } | { at: number; bad: string };

/** Maximum number of characters in one record. */
export const MAX_RECORD = 1024 ** 2;

export interface CsvDialect {
  delimiter: string;
  /** empty: quotes are ordinary characters */
  quote: string;
  /** maximum number of characters in one record, `MAX_RECORD` when absent; a longer record is bad */
  maxRecord?: number;
}

/** The end of a record. `cut`: the rest of its line has not arrived and must be skipped. `more`: it is incomplete. */
type Step = { cells: string[]; end: number } | { bad: string; end: number; cut?: boolean } | 'more';

const CR = 13;
const LF = 10;

/**
 * The CSV parser of the server and of the browser. It splits text into records as spreadsheets do: quoted cells may
 * contain delimiters, line breaks and doubled quotes; a quote inside an unquoted cell is a character. After a record
 * that cannot be parsed, also after an unclosed quote, parsing continues with the next line.
 */
export class CsvSplitter {
  #text = '';
  #record = 0;
  #skipping = false;
  /** An incomplete record is parsed again from its start, only after the text has doubled, so the time stays linear. */
  #wanted = 0;

  constructor(readonly dialect: CsvDialect) {}

  /** Returns the records that this chunk completes. Blank lines are not records. */
  *take(chunk: string): Generator<CsvRecord> {
    this.#text += chunk;
    if (this.#text.length < this.#wanted) return;
    yield* this.#read({ final: false });
    this.#wanted = this.#text.length * 2;
  }

  /** Returns the last record. Call it after the last chunk. */
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

/** Returns the records of a text that arrives in chunks. */
export async function* csvRecords(chunks: AsyncIterable<string>, dialect: CsvDialect): AsyncGenerator<CsvRecord> {
  const splitter = new CsvSplitter(dialect);
  for await (const chunk of chunks) yield* splitter.take(chunk);
  yield* splitter.end();
}

/** Returns the records of a whole text. For a truncated text it omits the last record, which may be incomplete. */
export function* csvRecordsOf(
  text: string,
  { cut = false, ...dialect }: CsvDialect & { cut?: boolean },
): Generator<CsvRecord> {
  const splitter = new CsvSplitter(dialect);
  yield* splitter.take(text);
  if (!cut) yield* splitter.end();
}

/** Returns whether all cells of a row are blank. Spreadsheets save such rows too. */
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

/** Skips a record that cannot be parsed. It ends with the line that contains `from`. */
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

/** Returns the offset of the next line; undefined while it is unknown. */
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
