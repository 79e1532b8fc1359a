import type { Readable } from 'node:stream';
import type { Encoding } from '@/lib/contracts/choices';
import type { Reading, ReadingOverrides } from '@/lib/contracts/import';
import { sniff } from '@/lib/domain/file/content-type';
import { extensionOf } from '@/lib/domain/file/file-name';
import { detectEncoding, ENCODING_NAMES } from './detect-encoding';
import { guessCsvReading } from './guess-csv';
import { ReadingError } from './reading-error';

/** How many bytes of a file are read to guess its format. */
export const HEAD_BYTES = 256 * 1024;

/** Reads the first bytes of a file and closes its stream. */
export async function readHead(stream: Readable, most = HEAD_BYTES): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      parts.push(part);
      size += part.byteLength;
      if (size >= most) break;
    }
  } finally {
    stream.destroy();
  }
  return Buffer.concat(parts).subarray(0, most);
}

export interface Detected {
  reading: Reading;
  remarks: string[];
}

const CSV_READING = { delimiter: ',', quote: '"', header: true } as const;

export interface DetectOptions {
  /** with the extension, which is one of the signs */
  name: string;
  /** whether the first bytes are the whole file */
  whole: boolean;
  /** a row with one of these names is the header */
  fieldNames?: readonly string[];
  /** options that a user set; they are not guessed */
  overrides?: ReadingOverrides;
}

/**
 * Guesses the format of a table from its first bytes and its name.
 * @throws ReadingError for a file that is not a table, with its kind and a hint
 */
export async function detectReading(
  head: Uint8Array,
  { name, whole, fieldNames = [], overrides = {} }: DetectOptions,
): Promise<Detected> {
  if (head.length === 0) throw new ReadingError('empty', `${name} is empty. Was it saved before it was uploaded?`);
  const guessed = detectEncoding(head);
  if (guessed === 'utf-8' || guessed === 'windows-1252') {
    const workbook = refuseOrOpen(head, name);
    if (workbook) return { reading: { format: 'xlsx', encoding: 'utf-8', ...CSV_READING }, remarks: [] };
  }
  const encoding = overrides.encoding ?? guessed;
  const text = decodeHead(head, encoding);
  if (whole && text.replace(/^\ufeff/, '').trim() === '')
    throw new ReadingError('empty', `${name} holds nothing but blanks.`);
  refuseMarkup(text, name);
  const remarks = encoding === 'utf-8' || overrides.encoding ? [] : [`Read as ${ENCODING_NAMES[encoding]}.`];
  const json = jsonFormat(text, extensionOf(name));
  if (json) return { reading: { format: json, encoding, ...CSV_READING }, remarks };
  const { unbalanced, ...csv } = guessCsvReading(text, { whole, fieldNames, overrides });
  if (unbalanced) remarks.push('Quotes are read as ordinary characters, because they are not balanced.');
  return { reading: { format: 'csv', encoding, ...csv }, remarks };
}

/** Decodes the first bytes. A truncated character at the end is dropped. */
export const decodeHead = (head: Uint8Array, encoding: Encoding): string =>
  new TextDecoder(encoding).decode(head, { stream: true });

const KINDS: Record<string, string> = {
  'application/gzip': 'compressed (gzip): unpack it first',
  'application/x-bzip2': 'compressed (bzip2): unpack it first',
  'application/x-xz': 'compressed (xz): unpack it first',
  'application/x-7z-compressed': 'a 7-Zip archive: unpack it first',
  'application/vnd.rar': 'a RAR archive: unpack it first',
  'application/pdf': 'a PDF, which is no table: export the table as CSV or XLSX',
  'application/x-ole-storage':
    'an old Excel workbook (.xls) or one with a password: save it as .xlsx without one, or as CSV',
};

/** Whether a file has a Parquet signature: with an encrypted footer, or a plain one. */
export const parquetIn = (head: Uint8Array): 'open' | 'encrypted' | undefined => {
  const mark = Buffer.from(head.subarray(0, 4)).toString('latin1');
  return mark === 'PARE' ? 'encrypted' : mark === 'PAR1' ? 'open' : undefined;
};

/** Whether the file may be an XLSX workbook. @throws ReadingError `not-a-table` for any other binary file */
function refuseOrOpen(head: Uint8Array, name: string): boolean {
  const parquet = parquetIn(head);
  if (parquet === 'encrypted')
    throw new ReadingError('not-a-table', `${name} is an encrypted Parquet file: decrypt it first.`);
  if (parquet) {
    throw new ReadingError(
      'not-a-table',
      `${name} is a Parquet file: convert it to CSV or JSONL first, with a job of the type data-conversion.`,
    );
  }
  const seen = sniff(head);
  if (seen === 'text/plain' || seen === 'text/html') return false;
  if (seen === 'application/zip') return true;
  const what = seen && KINDS[seen];
  const instead = 'Upload CSV, TSV, JSON, JSONL or XLSX';
  if (what) throw new ReadingError('not-a-table', `${name} is ${what}.`);
  throw new ReadingError(
    'not-a-table',
    seen
      ? `${name} is ${seen}, which is no table. ${instead}.`
      : `${name} is not text: it holds binary data (NUL bytes, perhaps). ${instead}.`,
  );
}

function refuseMarkup(text: string, name: string): void {
  const start = text
    .replace(/^\ufeff/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .trimStart()
    .slice(0, 200);
  if (/^<(?:!doctype\s+html|html|head|body|table)[\s>]/i.test(start)) {
    throw new ReadingError(
      'html',
      `${name} is a web page (HTML), whatever its name says. Was it saved from a page that asks to sign in? Download the table itself, or open it in a spreadsheet and save it as CSV.`,
    );
  }
  if (/^<\?xml|^<[a-z][\w:-]*[\s>]/i.test(start)) {
    throw new ReadingError('xml', `${name} is XML. Save it as CSV, JSON or XLSX.`);
  }
}

/** Detects JSON lines, one JSON value, or neither. A file whose name ends with .csv is CSV. */
function jsonFormat(text: string, extension: string): 'json' | 'jsonl' | undefined {
  if (extension === 'csv' || extension === 'tsv') return undefined;
  if (extension === 'jsonl' || extension === 'ndjson') return 'jsonl';
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('[')) return extension === 'json' || /^\[\s*[[{"\d\]tfn-]/.test(start) ? 'json' : undefined;
  if (!start.startsWith('{')) return undefined;
  const [line = '', ...more] = start.split('\n');
  return isJson(line) && more.some((other) => other.trim() !== '') ? 'jsonl' : 'json';
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    // The first line is not a complete JSON value.
    return false;
  }
}
