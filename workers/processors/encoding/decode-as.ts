import iconv from 'iconv-lite';

/** Whether TextDecoder supports the encoding. */
export const isWebEncoding = (encoding: string): boolean => !/^(?:cp\d|utf-32)/.test(encoding);

/** Decodes bytes of a known encoding. Invalid bytes become U+FFFD. */
export function decodeAs(bytes: Uint8Array, encoding: string): string {
  if (!isWebEncoding(encoding))
    return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding);
  // In one piece, Node 20 decodes windows-1252 as Latin-1 and loses its quotes, dashes and the euro sign.
  const decoder = new TextDecoder(encoding);
  return decoder.decode(bytes, { stream: true }) + decoder.decode();
}
