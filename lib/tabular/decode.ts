import { TextDecoder } from 'node:util';
import { TabularError } from './row';

/** Decoded text, and whether any bytes were invalid so far. */
export interface Decoded {
  text: AsyncGenerator<string>;
  broken(): boolean;
}

/**
 * Decodes bytes chunk by chunk and drops a byte order mark. Invalid bytes become U+FFFD, which `broken` reports,
 * because the text may also contain U+FFFD itself.
 * @throws TabularError `unsupported` for an unknown encoding
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
      // `broken` reports invalid bytes. The affected rows contain U+FFFD.
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

/** Returns why a row with invalid bytes is bad, or undefined for a good row. */
export const misdecoded = (text: string, decoded: Decoded, encoding = 'utf-8'): string | undefined =>
  decoded.broken() && text.includes('\ufffd') ? `holds bytes that are not ${encoding.toUpperCase()}` : undefined;
