import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import { PermanentError } from '@/workers/runtime/processor';
import { detect } from './detect';
import { parseDocx } from './office/parse-docx';
import { parseOdp, parseOdt } from './office/parse-odf';
import { parsePptx } from './office/parse-pptx';
import { parseEpub } from './parse-epub';
import { parseHtml } from './parse-html';
import { parseMail, parseMhtml } from './parse-mail';
import { parseRtf } from './parse-rtf';
import { parseMarkdown, parseText, parseXml } from './parse-text';
import {
  type Format,
  type Parse,
  type ParsedDocument,
  type ReadOptions,
  type ReadPart,
  tooLarge,
  tooMuchText,
} from './parsed';
import { parsePdf } from './pdf/parse-pdf';

const parsers: Record<Format, Parse> = {
  text: parseText,
  markdown: parseMarkdown,
  html: parseHtml,
  xml: parseXml,
  svg: parseXml,
  pdf: parsePdf,
  docx: parseDocx,
  pptx: parsePptx,
  odt: parseOdt,
  odp: parseOdp,
  epub: parseEpub,
  rtf: parseRtf,
  eml: parseMail,
  mhtml: parseMhtml,
};

/** Formats whose parsers throw arbitrary errors for damaged files. */
const NAMES: Partial<Record<Format, string>> = {
  docx: 'Word document',
  pptx: 'presentation',
  odt: 'OpenDocument text',
  odp: 'OpenDocument presentation',
  epub: 'EPUB book',
  eml: 'mail',
  mhtml: 'saved web page',
};

/** The maximum bytes per character of text. HTML has markup in addition. */
const BYTES_PER_CHARACTER = 4;
/** The maximum nesting of attached emails. Deeper ones are listed by name and not read. */
const MAX_DEPTH = 3;

/**
 * Extracts the text of a document.
 * @throws PermanentError with a stable code for the reason
 */
export async function extract(
  bytes: Uint8Array,
  name: string,
  options: ReadOptions = {},
  depth = 0,
): Promise<ParsedDocument> {
  if (bytes.length > DOCUMENT_LIMITS.bytes) throw tooLarge(bytes.length);
  const format = await detect(bytes, name);
  const plain = format === 'text' || format === 'markdown';
  if (plain && bytes.length > DOCUMENT_LIMITS.characters * BYTES_PER_CHARACTER) throw tooMuchText();
  const document = await parsers[format](bytes, options, partReader(depth)).catch((error) => {
    throw damaged(format, error);
  });
  if (document.blocks.length === 0 && !document.pictures?.length) {
    throw new PermanentError('The document holds no text.', 'empty-document');
  }
  return document;
}

const partReader =
  (depth: number): ReadPart =>
  async (bytes, name, blocks) => {
    const lost = (why: string) => [{ code: 'parts-not-read', message: `Not read: ${name}. ${why}` }];
    if (depth >= MAX_DEPTH) return lost('It is inside of too many other documents.');
    try {
      const inner = await extract(bytes, name, {}, depth + 1);
      for (const { text, heading } of inner.blocks) blocks.add(text, heading);
      return (inner.remarks ?? []).map(({ code, message }) => ({ code, message: `${name}: ${message}` }));
    } catch (error) {
      // The text limit applies to the whole document, so this error is not reported as one attachment's.
      if (!(error instanceof PermanentError) || error.code === 'document-too-large') throw error;
      return lost(error.message);
    }
  };

function damaged(format: Format, error: unknown): unknown {
  const name = NAMES[format];
  if (error instanceof PermanentError || !name) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new PermanentError(`The ${name} is damaged and can't be read: ${reason}`, 'corrupt-document', {
    cause: error,
  });
}
