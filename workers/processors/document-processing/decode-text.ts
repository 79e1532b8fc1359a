/** Bytes to text: a byte order mark decides, then a declared charset, then UTF-8, and Latin-1 for what is none of them. */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return tryDecode(bytes, declared ?? 'utf-8') ?? tryDecode(bytes, 'utf-8') ?? new TextDecoder('latin1').decode(bytes);
}

function tryDecode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    // An unknown charset, or bytes that are not of it: the next guess is due.
    return undefined;
  }
}

const CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})|^<\?xml[^>]{0,100}encoding=["']([\w-]{2,40})/i;

/** The charset that an HTML document declares in its first bytes. */
export function declaredCharset(bytes: Uint8Array): string | undefined {
  const match = CHARSET.exec(Buffer.from(bytes.subarray(0, 2048)).toString('latin1'));
  return match?.[1] ?? match?.[2];
}
