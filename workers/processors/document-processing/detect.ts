import { SNIFF_BYTES, sniff } from '@/lib/domain/file/content-type';
import { extensionOf } from '@/lib/domain/file/file-name';
import { PermanentError } from '@/workers/runtime/processor';
import { guessUtf16, isEbcdic } from './guess-encoding';
import type { Format } from './parsed';
import { readDirectory, ZipError } from './zip';

const MARKDOWN = new Set(['md', 'markdown', 'mdown', 'mkd', 'mdx']);
const HTML = new Set(['html', 'htm', 'xhtml']);
/** Extensions of formats that are never text: text under such a name is not what its owner thinks. */
const NEVER_TEXT: Readonly<Record<string, string>> = {
  pdf: 'a PDF',
  docx: 'a Word document',
  doc: 'a Word document',
  xlsx: 'a spreadsheet',
  pptx: 'a presentation',
  png: 'a picture',
  jpg: 'a picture',
  jpeg: 'a picture',
  zip: 'a ZIP archive',
};

const KNOWN: Readonly<Record<string, string>> = {
  'application/rtf': 'an RTF document',
  'application/gzip': 'a gzip archive',
  'application/x-executable': 'a program',
  'application/vnd.sqlite3': 'an SQLite database',
};

const SUPPORTED = 'Supported are plain text, Markdown, HTML, PDF and DOCX.';

const unsupported = (message: string) => new PermanentError(`${message} ${SUPPORTED}`, 'unsupported-format');
const corrupt = (message: string) => new PermanentError(message, 'corrupt-document');

/**
 * What a document is, told by its content; the extension only tells kinds of text apart.
 * @throws PermanentError `empty-document`, `unsupported-format`, `corrupt-document` or `encrypted-document`
 */
export function detect(bytes: Uint8Array, name: string): Format {
  if (bytes.length === 0) throw new PermanentError('The document is empty: it has 0 bytes.', 'empty-document');
  const extension = extensionOf(name);
  const seen = sniff(bytes) ?? (guessUtf16(bytes) && 'text/plain');
  if (seen === 'application/pdf') return 'pdf';
  if (seen === 'application/zip') return detectZip(bytes);
  if (seen === 'application/x-ole-storage') throw oldOffice(bytes);
  if (seen === 'text/plain' || seen === 'text/html') return detectText(bytes, wide(bytes) ?? seen, extension);
  if (seen !== undefined) throw unsupported(`The content is ${KNOWN[seen] ?? `of the type ${seen}`}.`);
  const claimed = NEVER_TEXT[extension];
  if (extension === 'pdf' || extension === 'docx')
    throw corrupt(`The file is named .${extension}, but it is not ${claimed}, or a damaged one.`);
  throw unsupported('The content is binary data of an unknown kind.');
}

/** What a text in UTF-16 is: its bytes look like no markup. */
function wide(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, SNIFF_BYTES);
  const marked =
    (head[0] === 0xff && head[1] === 0xfe && 'utf-16le') || (head[0] === 0xfe && head[1] === 0xff && 'utf-16be');
  const encoding = marked || guessUtf16(bytes);
  return encoding && sniff(Buffer.from(new TextDecoder(encoding).decode(head)));
}

function detectText(bytes: Uint8Array, seen: string, extension: string): Format {
  const claimed = NEVER_TEXT[extension];
  if (claimed) {
    throw unsupported(
      `The file is named .${extension}, but its content is ${seen === 'text/html' ? 'HTML' : 'plain text'}, not ${claimed}.`,
    );
  }
  if (isEbcdic(bytes))
    throw unsupported('The content is text in EBCDIC, an encoding of mainframes. Convert it to UTF-8.');
  if (MARKDOWN.has(extension)) return 'markdown';
  return seen === 'text/html' || HTML.has(extension) ? 'html' : 'text';
}

function detectZip(bytes: Uint8Array): Format {
  let names: Set<string>;
  try {
    names = new Set(readDirectory(bytes).map((entry) => entry.name));
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw corrupt(`The file begins like a Word document or a ZIP archive, but is damaged: ${error.message}.`);
  }
  if (
    names.has('word/document.xml') ||
    (names.has('[Content_Types].xml') && [...names].some((n) => n.startsWith('word/')))
  ) {
    return 'docx';
  }
  if (names.has('xl/workbook.xml')) throw unsupported('The content is a spreadsheet.');
  if (names.has('ppt/presentation.xml')) throw unsupported('The content is a presentation.');
  throw unsupported('The content is a ZIP archive.');
}

/** Office files from before 2007, and newer ones with a password, which hide in the same container. */
function oldOffice(bytes: Uint8Array): PermanentError {
  const name = Buffer.from('EncryptedPackage', 'utf16le');
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name)) {
    return new PermanentError('The Office document is encrypted and needs a password to open.', 'encrypted-document');
  }
  return unsupported('The content is an Office document in the format used before 2007. Save it as DOCX or PDF.');
}
