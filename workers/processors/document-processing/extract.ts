import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import { PermanentError } from '@/workers/runtime/processor';
import { detect } from './detect';
import { parseDocx } from './parse-docx';
import { parseHtml } from './parse-html';
import { parseMarkdown } from './parse-markdown';
import { parseText } from './parse-text';
import { type Format, type Parse, type ParsedDocument, type ReadOptions, tooLarge, tooMuchText } from './parsed';
import { parsePdf } from './pdf/parse-pdf';

const parsers: Record<Format, Parse> = {
  text: parseText,
  markdown: parseMarkdown,
  html: parseHtml,
  pdf: parsePdf,
  docx: parseDocx,
};

/** A character of text takes at most this many bytes; HTML has markup besides. */
const BYTES_PER_CHARACTER = 4;

/**
 * The text of a document.
 * @throws PermanentError with a stable code for whatever is wrong with the document
 */
export async function extract(bytes: Uint8Array, name: string, options: ReadOptions = {}): Promise<ParsedDocument> {
  if (bytes.length > DOCUMENT_LIMITS.bytes) throw tooLarge(bytes.length);
  const format = detect(bytes, name);
  const plain = format === 'text' || format === 'markdown';
  if (plain && bytes.length > DOCUMENT_LIMITS.characters * BYTES_PER_CHARACTER) throw tooMuchText();
  const document = await parsers[format](bytes, options);
  if (document.blocks.length === 0) {
    throw new PermanentError('The document holds no text.', 'empty-document');
  }
  return document;
}
