/** A record's cells, or what is wrong with it; `at` counts records from 1, blank lines too. */
export type CsvRecord = { at: number; cells: string[] } | { at: number; bad: string };

export interface CsvDialect {
  delimiter: string;
  /** empty: quotes are ordinary characters */
  quote: string;
  maxRecord: number;
}

/** `cut`: the rest of its line is still to come, and to be left out */
type Step = { cells: string[]; end: number } | { bad: string; end: number; cut?: boolean } | 'more';

const CR = 13;
const LF = 10;

/**
 * Cuts text into records as spreadsheets do: quoted cells may hold delimiters, line ends and doubled quotes; a quote
 * inside an unquoted cell is a character. A record that can't be read costs itself alone: reading goes on with the
 * next line, also where a quote was never closed.
 */
export async function* csvRecords(chunks: AsyncIterable<string>, dialect: CsvDialect): AsyncGenerator<CsvRecord> {
  let text = '';
  let record = 0;
  let skipping = false;
  function* take(final: boolean): Generator<CsvRecord> {
    let at = 0;
    if (skipping) {
      const next = endOfLine(text, 0, final);
      if (next === undefined) {
        text = text.slice(-1);
        return;
      }
      at = next;
      skipping = false;
    }
    while (at < text.length && !skipping) {
      const step = readRecord(text, at, dialect, final);
      if (step === 'more') break;
      at = step.end;
      record += 1;
      if ('bad' in step) {
        skipping = step.cut === true;
        yield { at: record, bad: step.bad };
      } else if (step.cells.length > 1 || step.cells[0] !== '') yield { at: record, cells: step.cells };
    }
    text = text.slice(at);
  }
  for await (const chunk of chunks) {
    text += chunk;
    yield* take(false);
  }
  yield* take(true);
}

const tooLong = ({ maxRecord }: CsvDialect) => `is longer than ${maxRecord.toLocaleString('en')} characters`;

function readRecord(text: string, start: number, dialect: CsvDialect, final: boolean): Step {
  const { quote, delimiter, maxRecord } = dialect;
  const cells: string[] = [];
  let at = start;
  for (;;) {
    if (quote !== '' && text[at] === quote) {
      const closed = closingQuote(text, at + 1, quote);
      const open = closed === undefined || (closed === text.length - 1 && !final);
      if (open || (closed ?? 0) - start > maxRecord) {
        if (open && !final && text.length - start <= maxRecord) return 'more';
        return skipLine(text, start, final, open && final ? 'a quoted cell is never closed' : tooLong(dialect));
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
    if (at - start > maxRecord) return skipLine(text, at, final, tooLong(dialect));
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

/** Where the next line begins; undefined while that can't be told. */
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
