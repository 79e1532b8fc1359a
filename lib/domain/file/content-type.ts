import { extensionOf } from './file-name';

/** The magic bytes of each file type, in Latin-1. */
const MAGIC: readonly [start: string, type: string][] = [
  ['%PDF-', 'application/pdf'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF8', 'image/gif'],
  ['BM', 'image/bmp'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['PK\x03\x04', 'application/zip'],
  ['PK\x05\x06', 'application/zip'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/x-ole-storage'],
  ['{\\rtf', 'application/rtf'],
  ['\x1f\x8b', 'application/gzip'],
  ['BZh', 'application/x-bzip2'],
  ['\xfd7zXZ\0', 'application/x-xz'],
  ['7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  ['Rar!\x1a\x07', 'application/vnd.rar'],
  ['\x7fELF', 'application/x-executable'],
  ['MZ', 'application/x-executable'],
  ['ID3', 'audio/mpeg'],
  ['OggS', 'audio/ogg'],
  ['\0asm', 'application/wasm'],
  ['SQLite format 3\0', 'application/vnd.sqlite3'],
  ['PAR1', 'application/vnd.apache.parquet'],
  ['wOFF', 'font/woff'],
  ['wOF2', 'font/woff2'],
];

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** The content type of a ZIP container, by file extension. */
const ZIPPED: Readonly<Record<string, string>> = {
  docx: WORD,
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  epub: 'application/epub+zip',
};

const TEXTUAL: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  text: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  markdown: 'text/markdown',
  mdx: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'text/html',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
};

/** How many bytes `contentTypeOf` needs. */
export const SNIFF_BYTES = 4096;

/** Detects the type from the first bytes: a known binary type, `text/html`, `text/plain`, or undefined if unknown. */
export function sniff(head: Uint8Array): string | undefined {
  const latin1 = Buffer.from(head.subarray(0, SNIFF_BYTES)).toString('latin1');
  for (const [start, type] of MAGIC) {
    // Ordinary text may begin with the same two letters, so short magic bytes count only in binary content.
    if (latin1.startsWith(start) && (start.length > 3 || start.charCodeAt(0) > 126 || looksBinary(latin1))) return type;
  }
  if (latin1.startsWith('RIFF') && latin1.slice(8, 12) === 'WEBP') return 'image/webp';
  if (latin1.slice(4, 8) === 'ftyp') return 'video/mp4';
  // A PDF may have other bytes before its header.
  if (latin1.slice(0, 1024).includes('%PDF-') && looksBinary(latin1)) return 'application/pdf';
  if (looksBinary(latin1)) return undefined;
  const markup = latin1.replace(/^\xef\xbb\xbf/, '').replace(/<!--[\s\S]*?-->/g, '');
  return /^\s*<(?:!doctype html|html[\s>])/i.test(markup) ? 'text/html' : 'text/plain';
}

function looksBinary(latin1: string): boolean {
  if (latin1.startsWith('\xff\xfe') || latin1.startsWith('\xfe\xff')) return false;
  let odd = 0;
  for (let i = 0; i < latin1.length; i++) {
    const code = latin1.charCodeAt(i);
    if (code === 0) return true;
    if (code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 27) odd++;
  }
  return odd > latin1.length / 20;
}

/** Binary types that a browser neither executes nor renders. */
const INERT = /^application\/(?!.*(?:xml|html|script|wasm|pdf))[\w.+-]{1,100}$/;

/**
 * Returns the content type of a file. The bytes decide, and the extension refines it; an uploader's claim is ignored.
 * @param claimed by one of our processors; used if the bytes are not conclusive and the type is inert
 */
export function contentTypeOf(head: Uint8Array, name: string, claimed?: string): string {
  const extension = extensionOf(name);
  const seen = sniff(head);
  if (seen === 'application/zip') return ZIPPED[extension] ?? seen;
  if (seen === 'text/plain') return TEXTUAL[extension] ?? seen;
  return seen ?? (claimed && INERT.test(claimed) ? claimed : 'application/octet-stream');
}
