import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import { PermanentError } from '@/workers/runtime/processor';

export type Format = 'text' | 'markdown' | 'html' | 'pdf' | 'docx';

/** A paragraph, a list, a table, a piece of code; or a heading, with its level. */
export interface Block {
  text: string;
  heading?: number;
}

/** What every parser makes of a document. */
export interface ParsedDocument {
  format: Format;
  title?: string;
  blocks: Block[];
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

/** What a person said of how a document is to be read. */
export interface ReadOptions {
  encoding?: string | undefined;
}

/** A parser: bytes to text. */
export type Parse = (bytes: Uint8Array, options: ReadOptions) => Promise<ParsedDocument>;

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

/** Gathers blocks, cleaned, and refuses more text than a document may hold. */
export class Blocks {
  readonly list: Block[] = [];
  #characters = 0;

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
