import { SNIFF_BYTES, sniff } from '@/lib/domain/file/content-type';
import { extensionOf } from '@/lib/domain/file/file-name';
import { guessUtf16, isEbcdic } from '@/workers/processors/encoding/guess-encoding';
import { PermanentError } from '@/workers/runtime/processor';
import { Archive, ZipError } from './archive';
import type { Format } from './parsed';

const MARKDOWN = new Set(['md', 'markdown', 'mdown', 'mkd', 'mdx']);
const HTML = new Set(['html', 'htm', 'xhtml']);
const MHTML = new Set(['mht', 'mhtml']);
/** Extensions of binary formats. Text in such a file is not what the user expects. */
const NEVER_TEXT: Readonly<Record<string, string>> = {
  pdf: 'a PDF',
  docx: 'a Word document',
  doc: 'a Word document',
  xlsx: 'a spreadsheet',
  pptx: 'a presentation',
  odt: 'an OpenDocument text',
  epub: 'an EPUB book',
  png: 'a picture',
  jpg: 'a picture',
  jpeg: 'a picture',
  zip: 'a ZIP archive',
};

const KNOWN: readonly [type: RegExp, name: string][] = [
  [/^application\/gzip$/, 'a gzip archive'],
  [/^application\/x-bzip2$/, 'a bzip2 archive'],
  [/^application\/x-xz$/, 'an xz archive'],
  [/^application\/x-7z-compressed$/, 'a 7-Zip archive'],
  [/^application\/vnd\.rar$/, 'a RAR archive'],
  [/^application\/x-executable$/, 'a program'],
  [/^application\/vnd\.sqlite3$/, 'an SQLite database'],
  [/^application\/vnd\.apache\.parquet$/, 'a Parquet table: launch its rows as items instead'],
  [/^font\//, 'a font'],
  [/^image\//, 'a picture'],
  [/^audio\//, 'a sound recording'],
  [/^video\//, 'a video'],
];

const SUPPORTED =
  'Supported are plain text, Markdown, HTML, XML, PDF, DOCX, PPTX, ODT, ODP, EPUB, RTF, mails (EML) and saved web pages (MHTML).';

const unsupported = (message: string) => new PermanentError(`${message} ${SUPPORTED}`, 'unsupported-format');
const corrupt = (message: string) => new PermanentError(message, 'corrupt-document');

/**
 * Returns the type of a document, detected from its content. The extension only distinguishes text formats.
 * @throws PermanentError `empty-document`, `unsupported-format`, `corrupt-document` or `encrypted-document`
 */
export async function detect(bytes: Uint8Array, name: string): Promise<Format> {
  if (bytes.length === 0) throw new PermanentError('The document is empty: it has 0 bytes.', 'empty-document');
  const extension = extensionOf(name);
  const seen = sniff(bytes) ?? (guessUtf16(bytes) && 'text/plain');
  if (seen === 'application/pdf') return 'pdf';
  if (seen === 'application/rtf') return 'rtf';
  if (seen === 'application/zip') return detectZip(bytes);
  if (seen === 'application/x-ole-storage') throw oldOffice(bytes);
  if (seen === 'text/plain' || seen === 'text/html') return detectText(bytes, wide(bytes) ?? seen, extension);
  if (seen !== undefined) {
    const brand = Buffer.from(bytes.subarray(4, 12)).toString('latin1');
    if (brand.startsWith('ftyp')) throw unsupported(`The content is ${ofBrand(brand.slice(4))}.`);
    const known = KNOWN.find(([type]) => type.test(seen))?.[1];
    throw unsupported(`The content is ${known ? `${known} (${seen})` : `of the type ${seen}`}.`);
  }
  const claimed = NEVER_TEXT[extension];
  if (extension === 'pdf' || extension === 'docx')
    throw corrupt(`The file is named .${extension}, but it is not ${claimed}, or a damaged one.`);
  const media = recording(bytes);
  throw unsupported(`The content is ${media ?? 'binary data of an unknown kind'}.`);
}

/** Audio and pictures use the same container as video; the brand field distinguishes them. */
const ofBrand = (brand: string): string =>
  brand.startsWith('M4')
    ? brand === 'M4V '
      ? 'a video'
      : 'a sound recording (M4A)'
    : /^(?:hei|hev|mif1|msf1|avif)/.test(brand)
      ? 'a picture (HEIC or AVIF)'
      : 'a video';

/** Audio and video formats without a fixed signature at the start. */
function recording(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  if (/^\xff[\xe2-\xff]/.test(head)) return 'a sound recording (MP3)';
  if (head.startsWith('RIFF')) return head.slice(8, 12) === 'WAVE' ? 'a sound recording (WAV)' : 'a video (AVI)';
  if (head.startsWith('fLaC')) return 'a sound recording (FLAC)';
  return head.startsWith('\x1a\x45\xdf\xa3') ? 'a video (Matroska or WebM)' : undefined;
}

/** Returns the type of a UTF-16 text, whose bytes do not match the byte patterns of markup. */
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
  if (seen === 'text/html') return MARKDOWN.has(extension) ? 'markdown' : 'html';
  if (MARKDOWN.has(extension)) return 'markdown';
  if (HTML.has(extension)) return 'html';
  const head = Buffer.from(bytes.subarray(0, SNIFF_BYTES))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const mail = isMail(head.replace(MAILBOX_LINE, ''), extension);
  if (MAILBOX_LINE.test(head) && mail && severalMails(bytes))
    throw unsupported('The content is a mailbox (mbox) of several mails. Bring each mail as a file of its own.');
  if (mail)
    return MHTML.has(extension) ||
      (/^content-type:\s*multipart\/related/im.test(mail) &&
        /^(snapshot-content-location|content-location|from: <saved by)/im.test(mail))
      ? 'mhtml'
      : 'eml';
  return markup(head.replace(/\0/g, ''), extension) ?? 'text';
}

const MAIL_FIELDS =
  /^(from|to|cc|subject|date|message-id|received|return-path|mime-version|content-type|delivered-to|reply-to|x-[\w-]+|dkim-signature|arc-[\w-]+|sender|content-transfer-encoding|snapshot-content-location)$/i;

/** The separator line that mail programs write before each message of an mbox file. */
export const MAILBOX_LINE = /^From \S+.{0,200}\r?\n(?=[\w-]+:)/;

const severalMails = (bytes: Uint8Array): boolean =>
  /\n\r?\nFrom \S+@\S+ .{0,60}\d{4}\r?\n[\w-]+:/.test(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
  );

/** The header of an email, if the text starts with one: two of its usual fields, then a blank line. */
function isMail(head: string, extension: string): string | undefined {
  const lines = head.split(/\r?\n/);
  const names: string[] = [];
  let end = 0;
  for (const line of lines) {
    if (line === '' || !/^(?:[\w-]+:|[ \t]+\S)/.test(line)) break;
    const name = /^([\w-]+):/.exec(line)?.[1];
    if (name && MAIL_FIELDS.test(name)) names.push(name.toLowerCase());
    end++;
  }
  const named = extension === 'eml' || MHTML.has(extension);
  const closed = lines[end] === '' || end === lines.length - 1;
  const telling = names.some((name) => /^(message-id|received|mime-version|return-path|snapshot)/.test(name));
  const enough = named ? names.length > 0 : closed && telling && new Set(names).size >= 3;
  return enough ? lines.slice(0, end).join('\n') : undefined;
}

function markup(head: string, extension: string): Format | undefined {
  const start = head.replace(/^(\s|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!doctype[^>[]*(\[[\s\S]*?\])?>)*/i, '');
  const root = /^<([\w:.-]+)[\s>/]/.exec(start)?.[1]?.replace(/^.*:/, '');
  if (!root) return undefined;
  const declared = /^\s*<\?xml\b/.test(head) || extension === 'xml' || extension === 'svg' || extension === 'rss';
  if (root.toLowerCase() === 'html') return 'html';
  if (root === 'svg') return 'svg';
  return declared || /^<[\w:.-]+[^>]*\sxmlns(:\w+)?=/.test(start) ? 'xml' : undefined;
}

async function detectZip(bytes: Uint8Array): Promise<Format> {
  try {
    const archive = await Archive.open(bytes);
    const kind = Buffer.from((await archive.read('mimetype')) ?? []).toString('latin1');
    return detectArchive(archive, kind.trim(), await lockedOdf(archive));
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw corrupt(`The file begins like a Word document or a ZIP archive, but is damaged: ${error.message}.`);
  }
}

const lockedOdf = async (archive: Archive): Promise<boolean> =>
  Buffer.from((await archive.read('META-INF/manifest.xml')) ?? []).includes('encryption-data');

const OTHER_ODF: readonly [part: string, name: string][] = [
  ['spreadsheet', 'an OpenDocument spreadsheet. Save it as CSV and launch its rows as items'],
  ['graphics', 'an OpenDocument drawing. Save it as PDF'],
  ['formula', 'an OpenDocument formula'],
  ['chart', 'an OpenDocument chart'],
  ['base', 'an OpenDocument database'],
];

function detectArchive(archive: Archive, kind: string, locked: boolean): Format {
  if (kind.startsWith('application/vnd.oasis.opendocument.') && locked) {
    throw new PermanentError('The OpenDocument file is encrypted and needs a password to open.', 'encrypted-document');
  }
  if (kind.startsWith('application/vnd.oasis.opendocument.text')) return 'odt';
  if (kind.startsWith('application/vnd.oasis.opendocument.presentation')) return 'odp';
  if (kind.startsWith('application/epub') || archive.has('META-INF/container.xml')) return 'epub';
  const odf = kind.startsWith('application/vnd.oasis.opendocument.') && OTHER_ODF.find(([part]) => kind.includes(part));
  if (odf) throw unsupported(`The content is ${odf[1]}.`);
  if (archive.has('word/document.xml')) return 'docx';
  if (archive.has('[Content_Types].xml') && archive.names(/^word\//).length > 0) return 'docx';
  if (archive.names(/^xl\/workbook\.(xml|bin)$/).length > 0) {
    throw unsupported('The content is a spreadsheet. Launch its rows as items instead, or save it as PDF.');
  }
  if (archive.has('ppt/presentation.xml')) return 'pptx';
  if (archive.names(/^Index\/|^index\.apxl|^index\.xml$|^Index\.zip$/).length > 0)
    throw unsupported('The content is a document of Apple’s Pages, Numbers or Keynote. Export it as PDF or DOCX.');
  if (archive.names(/^(visio\/document\.xml|FixedDocSeq\.fdseq)$/).length > 0)
    throw unsupported('The content is a drawing (Visio) or an XPS document. Save it as PDF.');
  if (archive.has('META-INF/MANIFEST.MF')) throw unsupported('The content is a Java archive.');
  throw unsupported('The content is a ZIP archive. Bring the documents inside of it one by one.');
}

const OLD: readonly [stream: string, name: string, advice: string][] = [
  ['__substg1.0_', 'an Outlook message (MSG)', 'Save it as EML.'],
  ['__properties_version1.0', 'an Outlook message (MSG)', 'Save it as EML.'],
  ['WordDocument', 'a Word document in the format used before 2007 (DOC)', 'Save it as DOCX or PDF.'],
  [
    'Workbook',
    'an Excel workbook in the format used before 2007 (XLS)',
    'Save it as XLSX and launch its rows as items.',
  ],
  ['PowerPoint Document', 'a presentation in the format used before 2007 (PPT)', 'Save it as PPTX or PDF.'],
  ['VisioDocument', 'a Visio drawing', 'Save it as PDF.'],
];

/** Office files from before 2007, and newer ones with a password, which use the same container. */
function oldOffice(bytes: Uint8Array): PermanentError {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const holds = (name: string) => buffer.includes(Buffer.from(name, 'utf16le'));
  if (holds('EncryptedPackage')) {
    return new PermanentError('The Office document is encrypted and needs a password to open.', 'encrypted-document');
  }
  const [, name, advice] = OLD.find(([stream]) => holds(stream)) ?? [];
  if (name) return unsupported(`The content is ${name}. ${advice}`);
  return unsupported('The content is an Office document in the format used before 2007. Save it as DOCX or PDF.');
}
