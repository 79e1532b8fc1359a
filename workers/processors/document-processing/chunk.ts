import { clip } from '@/lib/domain/document/clip';
import type { Block } from './parsed';

export interface ChunkOptions {
  /** characters that a chunk aims at */
  target?: number;
  /** characters of the last sentences that the next chunk repeats */
  overlap?: number;
}

const TARGET = 1000;
const OVERLAP = 150;
/** A heading closes a chunk of at least this part of the target; smaller sections share one. */
const OPEN_PART = 0.4;
/** The segmenter is given no more at once: some of its rules look far ahead. */
const WINDOW = 8000;
const TURN_MS = 15;

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/**
 * Cuts a document into chunks of whole sentences. A section's later chunks begin with its heading; chunks of one
 * section overlap a little, so that a thought on the border is whole in one of them. Never cuts a character in two.
 */
export async function chunk(
  blocks: readonly Block[],
  signal: AbortSignal,
  options: ChunkOptions = {},
): Promise<string[]> {
  const builder = new Builder(options.target ?? TARGET, options.overlap ?? OVERLAP);
  let since = performance.now();
  for (const block of blocks) {
    if (block.heading !== undefined) builder.heading(clip(block.text, 200));
    else {
      builder.paragraph();
      for (const sentence of sentencesOf(block.text, builder.target)) {
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
  /** sentences of the open chunk that may be repeated in the next */
  #recent: string[] = [];
  /** whether the open chunk holds more than a heading and what was repeated */
  #fresh = false;
  #separator = '';

  constructor(
    readonly target: number,
    readonly overlap: number,
  ) {}

  heading(text: string): void {
    if (this.#fresh && this.#text.length >= this.target * OPEN_PART) this.#close(false);
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
    if (this.#fresh && this.#text.length + this.#separator.length + trimmed.length > this.target) this.#close(true);
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

  /** The last whole sentences that fit into the overlap. */
  #tail(): string[] {
    let room = this.overlap;
    let from = this.#recent.length;
    while (from > 0 && (this.#recent[from - 1]?.length ?? 0) <= room) {
      from--;
      room -= this.#recent[from]?.length ?? 0;
    }
    return this.#recent.slice(from);
  }
}

/** The sentences of a paragraph, none longer than `max`. A line that goes on in lower case is no end of a sentence. */
export function* sentencesOf(text: string, max: number): Generator<string> {
  for (const window of pieces(text, WINDOW)) {
    const joined = window.replace(/\n(?=\p{Ll})/gu, ' ');
    for (const { index, segment } of sentences.segment(joined)) {
      yield* pieces(window.slice(index, index + segment.length), max);
    }
  }
}

/** Pieces of at most `max`, cut at a blank where there is one in the second half, else between characters. */
function* pieces(text: string, max: number): Generator<string> {
  let rest = text;
  while (rest.length > max) {
    const longest = clip(rest, max);
    const blank = Math.max(longest.lastIndexOf('\n'), longest.lastIndexOf(' '));
    const piece = blank >= max / 2 ? rest.slice(0, blank + 1) : longest;
    yield piece;
    rest = rest.slice(piece.length);
  }
  if (rest !== '') yield rest;
}
