import { isUtf8 } from 'node:buffer';
import { canonicalEncoding } from '@/lib/contracts/encoding';
import type { Remark } from '@/workers/processors/document-processing/parsed';
import { decodeAs, isWebEncoding } from './decode-as';
import { guessEncoding, guessUtf16 } from './guess-encoding';

export interface Decoded {
  text: string;
  encoding: string;
  remarks: Remark[];
}

export interface HowWritten {
  /** the encoding that a user set: always used */
  given?: string | undefined;
  /** the encoding that the document declares, or undefined */
  declared?: string | undefined;
}

/** Only a few non-ASCII bytes can be valid UTF-8 by chance. */
const TELLING_BYTES = 8;

/**
 * Decodes text. Precedence: the user's choice, a byte order mark, the declared encoding if the bytes are valid in it,
 * UTF-8, then the likeliest encoding, which is reported as a guess.
 */
export async function decodeText(bytes: Uint8Array, { given, declared }: HowWritten = {}): Promise<Decoded> {
  const named = given === undefined ? undefined : canonicalEncoding(given);
  if (named) return decoded(bytes, named);
  const marked = byteOrderMark(bytes);
  if (marked) return decoded(bytes, marked);
  const said = canonicalEncoding(declared ?? '');
  const utf8 = isUtf8(bytes);
  if (utf8 && beyondAscii(bytes) >= TELLING_BYTES) return decoded(bytes, 'utf-8');
  // A declaration of UTF-16 in ASCII bytes is wrong.
  if (said && !said.startsWith('utf-16') && strictly(bytes, said)) return decoded(bytes, said);
  const wide = guessUtf16(bytes);
  if (utf8 && !wide) return decoded(bytes, escapes(bytes) ?? 'utf-8');
  const guessed = wide ?? (await guessEncoding(bytes));
  const why = said ? `it is not ${said}, which it declares` : 'it does not say how it is encoded and is not UTF-8';
  const message = `The text was read as ${guessed}, because ${why}. Set the field encoding if that is wrong.`;
  const { text, encoding, remarks } = decoded(bytes, guessed);
  return { text, encoding, remarks: [{ code: 'encoding-assumed', message }, ...remarks] };
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 && bytes.length % 4 === 0 ? 'utf-32le' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32be';
  return a === 0xef && b === 0xbb && c === 0xbf ? 'utf-8' : undefined;
}

/** ISO-2022-JP has only ASCII bytes; its escape sequences identify it. */
const escapes = (bytes: Uint8Array): string | undefined =>
  /\x1b\$[@B]/.test(Buffer.from(bytes.subarray(0, 64 * 1024)).toString('latin1')) ? 'iso-2022-jp' : undefined;

function beyondAscii(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte > 127 && ++count >= TELLING_BYTES) break;
  return count;
}

function decoded(bytes: Uint8Array, encoding: string): Decoded {
  const text = decodeAs(bytes, encoding);
  const lost = strictly(bytes, encoding) ? 0 : (text.match(/\ufffd/g)?.length ?? 0);
  if (lost === 0) return { text, encoding, remarks: [] };
  const what = lost === 1 ? 'One character' : `${lost} characters`;
  const message = `${what} could not be read as ${encoding}: “\ufffd” stands there. Set the field encoding if the text is written in another one.`;
  return { text, encoding, remarks: [{ code: 'unreadable-characters', message }] };
}

/** Whether all bytes are valid in an encoding. */
function strictly(bytes: Uint8Array, encoding: string): boolean {
  if (!isWebEncoding(encoding)) return !decodeAs(bytes, encoding).includes('\ufffd');
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    // Fatal mode throws for bytes that are invalid in the encoding.
    return false;
  }
}

/** Bytes that are searched for a declaration: a page may have kilobytes of scripts before it. */
const DECLARED_WITHIN = 1024 * 1024;
const CHARSET = /<meta[^>]{0,400}charset\s*=\s*["']?([\w:.-]{2,40})/i;
const XML_DECLARATION = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([\w:.-]{2,40})/i;

/** Removes comments and scripts, which may contain declarations. Takes linear time also on unclosed elements. */
function withoutAside(page: string): string {
  let kept = '';
  let from = 0;
  for (const { 0: begin, 1: name, index } of page.matchAll(/<!--|<(script|style)\b/gi)) {
    if (index < from) continue;
    const end = name ? new RegExp(`</${name}`, 'gi') : /-->/g;
    end.lastIndex = index + begin.length;
    if (!end.test(page)) return kept + page.slice(from);
    kept += page.slice(from, index);
    from = end.lastIndex;
  }
  return kept + page.slice(from);
}

/** Returns the encoding that HTML or XML declares, or undefined. */
export function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, DECLARED_WITHIN)).toString('latin1');
  return XML_DECLARATION.exec(head)?.[1] ?? CHARSET.exec(withoutAside(head))?.[1];
}
