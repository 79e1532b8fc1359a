import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import { PermanentError } from '@/workers/runtime/processor';

const FORMATS = [
  'text',
  'markdown',
  'html',
  'xml',
  'svg',
  'pdf',
  'docx',
  'pptx',
  'odt',
  'odp',
  'epub',
  'rtf',
  'eml',
  'mhtml',
] as const;

export type Format = (typeof FORMATS)[number];

/** A paragraph, a list, a table, a piece of code; or a heading, with its level. */
export interface Block {
  text: string;
  heading?: number;
}

/** The result of every parser. */
export interface ParsedDocument {
  format: Format;
  title?: string | undefined;
  blocks: Block[];
  /** of a document that has them */
  pages?: number;
  /** pages that are not empty and have no text */
  textless?: number[];
  /** pictures of such pages, if requested */
  pictures?: PagePicture[];
  /** how many pages of pictures were read */
  recognized?: number;
  /** how its text was encoded, where that is a question */
  encoding?: string;
  /** what was left out or assumed, and why */
  remarks?: Remark[];
}

/** Something about a document that its owner should know; its code is stable. */
export interface Remark {
  code: string;
  message: string;
}

/** How a document is to be read, as a person set it. */
export interface ReadOptions {
  encoding?: string | undefined;
  /** whether pages without text are given as pictures */
  pictures?: boolean | undefined;
}

/** A page without text, as a picture. */
export interface PagePicture {
  page: number;
  /** the number of blocks before it */
  at: number;
  png: Uint8Array;
}

/** A parser: bytes to text. */
export type Parse = (bytes: Uint8Array, options: ReadOptions, readPart: ReadPart) => Promise<ParsedDocument>;

/** Reads a document inside of another one into the blocks of that one; what can't be read is a remark. */
export type ReadPart = (bytes: Uint8Array, name: string, blocks: Blocks) => Promise<Remark[]>;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export const tooLarge = (bytes: number): PermanentError =>
  new PermanentError(
    `The document has ${megabytes(bytes)}; documents up to ${megabytes(DOCUMENT_LIMITS.bytes)} are processed.`,
    'document-too-large',
  );

export const tooMuchText = (): PermanentError =>
  new PermanentError(
    `The document holds more than ${DOCUMENT_LIMITS.characters.toLocaleString('en')} characters of text, the most that is processed. Split it.`,
    'document-too-large',
  );

const SHOWN_PAGES = 20;

/** Such as “Pages 2, 3 and 7”. */
export function pagesWords(pages: readonly number[]): string {
  const [first] = pages;
  if (pages.length === 1) return `Page ${first}`;
  const shown = pages.slice(0, SHOWN_PAGES);
  const last = pages.length > SHOWN_PAGES ? `${pages.length - SHOWN_PAGES} more` : shown.pop();
  return `Pages ${shown.join(', ')} and ${last}`;
}

/** Parts of a document that hold text and are not read. */
export function notRead(parts: readonly string[]): Remark {
  const names = [...new Set(parts)];
  const more = names.length > SHOWN_PAGES ? ` and ${names.length - SHOWN_PAGES} more` : '';
  return { code: 'parts-not-read', message: `Not read: ${names.slice(0, SHOWN_PAGES).join(', ')}${more}.` };
}

export const withoutText = (pages: readonly number[]): Remark => ({
  code: 'pages-without-text',
  message: `${pagesWords(pages)} ${pages.length === 1 ? 'has' : 'have'} no text, only pictures or drawings: what they show was not read.`,
});

/** Gathers blocks, cleaned, and refuses more text than a document may hold. */
export class Blocks {
  readonly list: Block[] = [];
  #characters = 0;

  /** of all blocks */
  get characters(): number {
    return this.#characters;
  }

  add(text: string, heading?: number): void {
    const clean = cleanText(text);
    if (clean === '') return;
    this.#characters += clean.length;
    if (this.#characters > DOCUMENT_LIMITS.characters) throw tooMuchText();
    this.list.push(heading === undefined ? { text: clean } : { text: clean.replace(/\n+/g, ' '), heading });
  }
}

/** Text that Postgres can store and a person can read: no NUL, no control characters, no half characters. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\ufeff]/g, '')
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
