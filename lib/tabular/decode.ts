import { TextDecoder } from 'node:util';
import { TabularError } from './row';

/** Decoded text, and whether it had invalid bytes so far. */
export interface Decoded {
  text: AsyncGenerator<string>;
  broken(): boolean;
}

/**
 * Bytes as text, one chunk at a time, without a byte order mark. Bytes that the encoding does not have become U+FFFD.
 * `broken` reports them, because the text may also contain U+FFFD itself.
 * @throws TabularError `unsupported` for an encoding that is not known
 */
export function decodeChunks(source: AsyncIterable<Uint8Array>, encoding = 'utf-8'): Decoded {
  const lenient = decoder(encoding, false);
  const strict = decoder(encoding, true);
  let broken = false;
  const check = (chunk?: Uint8Array) => {
    if (broken) return;
    try {
      strict.decode(chunk, { stream: chunk !== undefined });
    } catch {
      // `broken` reports it. The rows with U+FFFD are the ones concerned.
      broken = true;
    }
  };
  async function* text(): AsyncGenerator<string> {
    for await (const chunk of source) {
      check(chunk);
      const piece = lenient.decode(chunk, { stream: true });
      if (piece) yield piece;
    }
    check();
    const rest = lenient.decode();
    if (rest) yield rest;
  }
  return { text: text(), broken: () => broken };
}

function decoder(encoding: string, fatal: boolean): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal });
  } catch (cause) {
    throw new TabularError(
      'unsupported',
      `The encoding ${encoding.slice(0, 40)} is not known. Known are utf-8, utf-16le, windows-1252, shift_jis and others that browsers know.`,
      { cause },
    );
  }
}

/** The reason why a row with bytes of another encoding is bad; undefined for a good row. */
export const misdecoded = (text: string, decoded: Decoded, encoding = 'utf-8'): string | undefined =>
  decoded.broken() && text.includes('\ufffd') ? `holds bytes that are not ${encoding.toUpperCase()}` : undefined;
