import { canonicalEncoding } from '@/lib/contracts/encoding';
import { detectEncoding } from '@/lib/domain/import/reading/detect-encoding';
import { decodeAs } from './decode-as';

const LATIN =
  'windows-1252 windows-1250 windows-1254 windows-1257 windows-1258 iso-8859-2 iso-8859-15 mac-roman cp437 cp850 cp852'.split(
    ' ',
  );
const ANY = [
  ...LATIN,
  ...'windows-1251 windows-1253 windows-1255 windows-1256 cp874 tis-620 koi8-r koi8-u cp866 cp855 mac-cyrillic iso-8859-5 iso-8859-6 iso-8859-7 cp737 cp862 cp932 shift_jis_2004 euc-jis-2004 gb18030 big5hkscs euc-kr cp949'.split(
    ' ',
  ),
];
const SAMPLE = 64 * 1024;
/** A word that is mostly ASCII letters is in a language with a Latin alphabet. */
const LATIN_PART = 0.5;
/** With fewer non-ASCII bytes, the evidence is too weak. */
const TOO_FEW = 2;
/** Encodings almost as likely as the best one are compared by the words that they produce. */
const NEARLY = 0.75;
/** Patterns that no word contains: a symbol between letters, or a capital after a small letter. */
const ODD_WORD = /\p{L}[«»¡¿\p{S}\p{No}](?=\p{L})|\p{Ll}(?=\p{Lu})/gu;

/**
 * Guesses the encoding of a text that is not UTF-8 from its bytes. Of a large text, only the part around the first
 * non-ASCII byte is examined.
 */
export async function guessEncoding(bytes: Uint8Array): Promise<string> {
  const first = bytes.findIndex((byte) => byte > 127);
  const from = Math.max(0, Math.min(first - 1000, bytes.length - SAMPLE));
  const sample = withoutMarkup(bytes.subarray(from, from + SAMPLE));
  const { letters, high } = countBytes(sample);
  if (high <= TOO_FEW) return 'windows-1252';
  // Loaded lazily: the tables are large, and hardly any document needs them.
  const { detectAll } = await import('jschardet');
  const latin = letters >= (letters + high) * LATIN_PART;
  const found = detectAll(sample, { minimumThreshold: 0, detectEncodings: latin ? LATIN : ANY });
  return plausible(found, sample) ?? 'windows-1252';
}

/** Names of tags and scripts have ASCII letters in every language. */
function withoutMarkup(sample: Uint8Array): Uint8Array {
  const text = Buffer.from(sample).toString('latin1');
  const read = withoutElement(withoutElement(text, 'script'), 'style');
  return Buffer.from(read.replace(/<[!/?a-z][^<>]*>/gi, ' '), 'latin1');
}

/** Each end is searched only once: hostile text may open an element a thousand times and never close it. */
function withoutElement(text: string, name: string): string {
  const lower = text.toLowerCase();
  let kept = '';
  let at = 0;
  for (;;) {
    const begin = lower.indexOf(`<${name}`, at);
    const end = begin < 0 ? -1 : lower.indexOf(`</${name}`, begin);
    if (end < 0) return kept + text.slice(at);
    kept += `${text.slice(at, begin)} `;
    at = end;
  }
}

/** Windows-1252 wins a tie, because it is by far the most common encoding. */
function plausible(found: { encoding: string | null; confidence: number }[], sample: Uint8Array): string | undefined {
  const least = (found[0]?.confidence ?? 0) * NEARLY;
  let best: { name: string; odd: number } | undefined;
  for (const { encoding, confidence } of found) {
    const name = canonicalEncoding(encoding ?? '');
    if (!name || confidence < least) continue;
    const odd = decodeAs(sample, name).match(ODD_WORD)?.length ?? 0;
    if (!best || odd < best.odd || (odd === best.odd && name === 'windows-1252')) best = { name, odd };
  }
  return best?.name;
}

function countBytes(sample: Uint8Array): { letters: number; high: number } {
  let letters = 0;
  let high = 0;
  for (const byte of sample) {
    if (byte > 127) high++;
    else if ((byte | 32) >= 97 && (byte | 32) <= 122) letters++;
  }
  return { letters, high };
}

/** Detects UTF-16 without a byte order mark, in any script; undefined for other text. */
export function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const known = detectEncoding(bytes);
  if (known === 'utf-16le' || known === 'utf-16be') return known;
  const sample = bytes.subarray(0, SAMPLE - (SAMPLE % 2));
  // Text in other encodings contains no control characters.
  if (bytes.length % 2 === 1 || !sample.some((byte) => byte < 9 || (byte > 13 && byte < 27))) return undefined;
  const little = commonCharacters(sample, 'utf-16le');
  const big = commonCharacters(sample, 'utf-16be');
  if (little === undefined && big === undefined) return undefined;
  return (little ?? -1) >= (big ?? -1) ? 'utf-16le' : 'utf-16be';
}

/** Counts the spaces, line ends and full stops of a decoded text; undefined if the result cannot be text. */
function commonCharacters(sample: Uint8Array, encoding: string): number | undefined {
  const text = new TextDecoder(encoding).decode(sample, { stream: true });
  const strange = text.match(/[\p{Cc}\p{Cn}\p{Co}\p{Cs}\ufffd]/gu)?.filter((c) => !/[\t\n\r\f]/.test(c)).length ?? 0;
  const letters = text.match(/[\p{L}\p{M}\p{Nd}\p{Zs}\p{P}]/gu)?.length ?? 0;
  if (strange > text.length / 100 || letters < text.length * 0.8) return undefined;
  return text.match(/[ \n\r.,、。，]/g)?.length ?? 0;
}

/** EBCDIC, the encoding of mainframes: its space is 0x40, and it has hardly any bytes that are ASCII letters. */
export function isEbcdic(bytes: Uint8Array): boolean {
  const counts = new Uint32Array(256);
  const sample = bytes.subarray(0, SAMPLE);
  for (const byte of sample) counts[byte] = (counts[byte] ?? 0) + 1;
  const share = (from: number, to: number) =>
    counts.subarray(from, to + 1).reduce((sum, n) => sum + n, 0) / Math.max(sample.length, 1);
  const letters =
    share(0x81, 0x89) +
    share(0x91, 0x99) +
    share(0xa2, 0xa9) +
    share(0xc1, 0xc9) +
    share(0xd1, 0xd9) +
    share(0xe2, 0xe9) +
    share(0xf0, 0xf9);
  const blanks = share(0x40, 0x40);
  return blanks > 0.05 && share(0x20, 0x20) < 0.005 && letters > (1 - blanks) * 0.6;
}
