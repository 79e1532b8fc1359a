import { clip } from '@/lib/domain/document/clip';
import { CHUNK_OVERLAP_PART, CHUNK_SIZE } from '@/lib/job-types/document-processing';
import type { Block } from './parsed';

export interface ChunkOptions {
  /** the maximum length of a chunk, in characters */
  size?: number | undefined;
  /** the maximum overlap of two chunks, in characters */
  overlap?: number | undefined;
}

/**
 * A heading closes the open chunk if it has at least this fraction of the maximum length. Short sections share a chunk.
 */
const OPEN_PART = 0.4;
/** The maximum characters in one call of the segmenter, because some of its rules have a long lookahead. */
const WINDOW = 8000;
/** Grapheme clusters longer than this hardly ever occur. */
const LONGEST_CHARACTER = 64;
const TURN_MS = 15;

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Splits a document into chunks of whole sentences. Later chunks of a section repeat its heading. Chunks of a section
 * overlap, so that text around a boundary is complete in one of them. A grapheme cluster is never split.
 */
export async function chunk(
  blocks: readonly Block[],
  signal: AbortSignal,
  { size = CHUNK_SIZE, overlap = Math.floor(size * CHUNK_OVERLAP_PART) }: ChunkOptions = {},
): Promise<string[]> {
  const builder = new Builder(size, overlap);
  let since = performance.now();
  for (const block of blocks) {
    if (block.heading !== undefined) builder.heading(clip(block.text, Math.min(200, size / 4)));
    else {
      builder.paragraph();
      for (const sentence of sentencesOf(block.text, builder.room)) {
        builder.sentence(sentence);
        if (performance.now() - since < TURN_MS) continue;
        await new Promise(setImmediate);
        signal.throwIfAborted();
        since = performance.now();
      }
    }
  }
  return builder.finish();
}

class Builder {
  readonly #chunks: string[] = [];
  #heading = '';
  #text = '';
  /** sentences of the open chunk that the next chunk may repeat */
  #recent: string[] = [];
  /** whether the open chunk has more than a heading and repeated sentences */
  #fresh = false;
  #separator = '';

  constructor(
    readonly size: number,
    readonly overlap: number,
  ) {}

  /** Returns the maximum length of a sentence that still fits below the heading and the overlap. */
  get room(): number {
    return this.size - this.overlap - (this.#heading === '' ? 2 : this.#heading.length + 4);
  }

  heading(text: string): void {
    const full = this.#text.length + 2 + text.length + this.overlap > this.size;
    if (this.#fresh ? full || this.#text.length >= this.size * OPEN_PART : full && this.#text !== '')
      this.#close(false);
    this.#heading = text;
    this.#recent = [];
    this.#text += this.#text === '' ? text : `\n\n${text}`;
    this.#separator = '\n\n';
  }

  paragraph(): void {
    if (this.#text !== '') this.#separator = '\n\n';
  }

  sentence(text: string): void {
    const trimmed = text.trimEnd();
    if (trimmed === '') return;
    const needed = this.#text.length + this.#separator.length + trimmed.length;
    if (needed > this.size && this.#text !== '') this.#close(true);
    const addition = this.#text === '' ? trimmed.trimStart() : this.#separator + trimmed;
    this.#text += addition;
    this.#recent.push(addition);
    this.#fresh = true;
    this.#separator = /\n\s*$/.test(text) ? '\n' : text === trimmed ? '' : ' ';
  }

  finish(): string[] {
    if (this.#text !== '') this.#close(false);
    return this.#chunks;
  }

  #close(sameSection: boolean): void {
    this.#chunks.push(this.#text.trim());
    const repeated = sameSection ? this.#tail() : [];
    this.#recent = repeated;
    this.#fresh = false;
    const start = sameSection && this.#heading !== '' ? `${this.#heading}\n\n` : '';
    this.#text = start + repeated.join('').trimStart();
    if (repeated.length === 0) this.#separator = '';
  }

  /** Returns the last whole sentences that fit into the overlap, else the end of the last one. */
  #tail(): string[] {
    let room = this.overlap;
    let from = this.#recent.length;
    while (from > 0 && (this.#recent[from - 1]?.length ?? 0) <= room) {
      from--;
      room -= this.#recent[from]?.length ?? 0;
    }
    if (from < this.#recent.length) return this.#recent.slice(from);
    const end = endOf(this.#recent.at(-1) ?? '', this.overlap);
    return end === '' ? [] : [end];
  }
}

/** Splits a paragraph into sentences of at most `max` characters. A line break before a lower-case letter ends none. */
export function* sentencesOf(text: string, max: number): Generator<string> {
  for (const window of pieces(text, WINDOW)) {
    const joined = window.replace(/\n(?=\p{Ll})/gu, ' ');
    for (const { index, segment } of sentences.segment(joined)) {
      yield* pieces(window.slice(index, index + segment.length), max);
    }
  }
}

/**
 * Splits text into pieces of at most `max` characters: at a space in the second half, else between grapheme clusters.
 */
function* pieces(text: string, max: number): Generator<string> {
  let rest = text;
  while (rest.length > max) {
    const longest = rest.slice(0, borderBefore(rest, max));
    const blank = Math.max(longest.lastIndexOf('\n'), longest.lastIndexOf(' '));
    const piece = blank >= max / 2 ? rest.slice(0, blank + 1) : longest;
    yield piece;
    rest = rest.slice(piece.length);
  }
  if (rest !== '') yield rest;
}

/** Returns the last grapheme boundary at or before `at`. */
function borderBefore(text: string, at: number): number {
  // The scan starts at 0: whether two regional indicators form a flag depends on how many precede them.
  const border = graphemes.segment(text.slice(0, at + LONGEST_CHARACTER)).containing(at)?.index ?? at;
  // An endless cluster of combining marks is split somewhere, but never inside a code point.
  return border > 0 && border > at - LONGEST_CHARACTER ? border : clip(text, at).length;
}

/** Returns the end of a text, at most `max` characters, starting at a word boundary if possible. */
function endOf(text: string, max: number): string {
  if (max === 0 || text.length <= max) return max === 0 ? '' : text;
  const start = text.length - max;
  const word = /\s/.test(text[start - 1] ?? '') ? 0 : text.slice(start, start + max / 2).search(/\s\S/);
  if (word >= 0) return text.slice(start + (word > 0 || /\s/.test(text[start] ?? '') ? word + 1 : 0));
  const border = borderBefore(text, start);
  if (border === start) return text.slice(start);
  const length = [...graphemes.segment(text.slice(border, border + LONGEST_CHARACTER))][0]?.segment.length ?? 0;
  return text.slice(Math.max(border + length, start));
}
