import iconv from 'iconv-lite';

/** Whether TextDecoder knows the encoding. */
export const isWebEncoding = (encoding: string): boolean => !/^(?:cp\d|utf-32)/.test(encoding);

/** Bytes of a known encoding as text; invalid ones become U+FFFD. */
export function decodeAs(bytes: Uint8Array, encoding: string): string {
  if (!isWebEncoding(encoding))
    return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding);
  // In one piece, Node 20 takes windows-1252 for Latin-1 and loses its quotes, dashes and the euro.
  const decoder = new TextDecoder(encoding);
  return decoder.decode(bytes, { stream: true }) + decoder.decode();
}
