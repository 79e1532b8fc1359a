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

/** A paragraph, list, table or code block; or a heading with its level. */
export interface Block {
  text: string;
  heading?: number;
}

/** The result of every parser. */
export interface ParsedDocument {
  format: Format;
  title?: string | undefined;
  blocks: Block[];
  /** the page count, for formats with pages */
  pages?: number;
  /** pages with content but without a text layer */
  textless?: number[];
  /** pictures of these pages, if requested */
  pictures?: PagePicture[];
  /** the number of pages that OCR read */
  recognized?: number;
  /** the text encoding, for formats where it has to be detected */
  encoding?: string;
  /** remarks about omitted text and guesses, with reasons */
  remarks?: Remark[];
}

/** A remark about a document for its owner. Its code is stable. */
export interface Remark {
  code: string;
  message: string;
}

/** Parsing options that a user set. */
export interface ReadOptions {
  encoding?: string | undefined;
  /** whether the parser returns pictures of pages without text */
  pictures?: boolean | undefined;
}

/** A page without text, as a picture. */
export interface PagePicture {
  page: number;
  /** the number of blocks before it */
  at: number;
  png: Uint8Array;
}

/** A parser: converts bytes to text. */
export type Parse = (bytes: Uint8Array, options: ReadOptions, readPart: ReadPart) => Promise<ParsedDocument>;

/**
 * Adds the blocks of an embedded document to those of its container. A document that cannot be read becomes a remark.
 */
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

/** Formats a list of pages, such as “Pages 2, 3 and 7”. */
export function pagesWords(pages: readonly number[]): string {
  const [first] = pages;
  if (pages.length === 1) return `Page ${first}`;
  const shown = pages.slice(0, SHOWN_PAGES);
  const last = pages.length > SHOWN_PAGES ? `${pages.length - SHOWN_PAGES} more` : shown.pop();
  return `Pages ${shown.join(', ')} and ${last}`;
}

/** Embedded parts that contain text and are not read. */
export function notRead(parts: readonly string[]): Remark {
  const names = [...new Set(parts)];
  const more = names.length > SHOWN_PAGES ? ` and ${names.length - SHOWN_PAGES} more` : '';
  return { code: 'parts-not-read', message: `Not read: ${names.slice(0, SHOWN_PAGES).join(', ')}${more}.` };
}

export const withoutText = (pages: readonly number[]): Remark => ({
  code: 'pages-without-text',
  message: `${pagesWords(pages)} ${pages.length === 1 ? 'has' : 'have'} no text, only pictures or drawings: what they show was not read.`,
});

/** Collects cleaned blocks and enforces the text limit of a document. */
export class Blocks {
  readonly list: Block[] = [];
  #characters = 0;

  /** characters of all blocks */
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

/** Returns text that Postgres can store: without NUL, control characters and lone surrogates. */
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
