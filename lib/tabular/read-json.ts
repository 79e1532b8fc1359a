import { isBlankJson } from '@/lib/contracts/json';
import { decodeChunks, misdecoded } from './decode';
import { jsonRow } from './read-jsonl';
import { READ_LIMITS, type ReadOptions, type ReadRow, TabularError } from './row';

/** The comma ends an element at depth 0, outside of strings. */
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Streams the elements of a JSON array as rows. A document that is a single object is one row. An invalid element is
 * one issue, and reading continues if its brackets are balanced.
 * @throws TabularError `corrupt-file` if the array is not closed, or has text after it
 */
export async function* readJson(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> {
  const limit = options.maxRowCharacters ?? READ_LIMITS.maxRowCharacters;
  const decoded = decodeChunks(source, options.encoding);
  const splitter = new Splitter(limit);
  let row = 0;
  const rowOf = (text: string | undefined): ReadRow => {
    row += 1;
    const issue =
      text === undefined ? `is longer than ${limit.toLocaleString('en')} characters` : misdecoded(text, decoded);
    return issue === undefined ? jsonRow(row, text ?? '') : { row, issue };
  };
  for await (const chunk of decoded.text) {
    options.signal?.throwIfAborted();
    for (const text of splitter.take(chunk)) yield rowOf(text);
  }
  for (const text of splitter.end()) yield rowOf(text);
}

/** Splits a top-level array into its elements by brackets, commas and quotes. */
class Splitter {
  #state: 'start' | 'array' | 'single' | 'after' = 'start';
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** text of the open element; dropped once it is too long */
  #open = '';
  #overlong = false;
  #elements = 0;

  constructor(readonly limit: number) {}

  *take(chunk: string): Generator<string | undefined> {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i);
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inText = false;
        continue;
      }
      if (this.#state === 'start' || this.#state === 'after') {
        if (isBlank(code)) continue;
        if (this.#state === 'after') throw corrupt('the array is followed by more');
        this.#state = chunk[i] === '[' ? 'array' : 'single';
        start = this.#state === 'array' ? i + 1 : i;
        if (this.#state === 'array') continue;
      }
      if (code === QUOTE) this.#inText = true;
      else if (code === 91 || code === 123) this.#depth++;
      else if (code === 93 || code === 125) {
        if (this.#depth > 0) this.#depth--;
        else if (this.#state === 'array' && code === 93) {
          yield* this.#close(chunk.slice(start, i), true);
          this.#state = 'after';
          start = i + 1;
        } else throw corrupt('a bracket closes that was never opened');
      } else if (code === COMMA && this.#depth === 0 && this.#state === 'array') {
        yield* this.#close(chunk.slice(start, i), false);
        start = i + 1;
      }
    }
    if (this.#state === 'array' || this.#state === 'single') this.#keep(chunk.slice(start));
  }

  *end(): Generator<string | undefined> {
    if (this.#state === 'array') throw corrupt('its array is never closed');
    if (this.#state === 'single') yield* this.#close('', false);
  }

  #keep(text: string): void {
    this.#open += text;
    if (this.#open.length <= this.limit) return;
    this.#overlong = true;
    this.#open = '';
  }

  *#close(rest: string, last: boolean): Generator<string | undefined> {
    this.#keep(rest);
    const text = this.#overlong ? undefined : this.#open;
    this.#open = '';
    this.#overlong = false;
    // `[]` has no elements.
    if (last && this.#elements === 0 && text !== undefined && isBlankJson(text)) return;
    this.#elements += 1;
    yield text;
  }
}

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13 || code === 0xfeff;

const corrupt = (what: string): TabularError => new TabularError('corrupt-file', `The JSON is damaged: ${what}.`);
