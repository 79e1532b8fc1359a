import { isUtf8 } from 'node:buffer';

/** Returns a Content-Disposition header for a download with any name (RFC 6266). */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Decodes a header as UTF-8, which most clients send. Node decodes each byte as one character. */
export function headerText(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}

/** Decodes a name from a header. Non-ASCII characters are percent-encoded, or UTF-8 bytes as curl sends them. */
export function decodeName(value: string): string {
  const name = headerText(value);
  try {
    return decodeURIComponent(name);
  } catch {
    // The name is not encoded and contains a percent sign.
    return name;
  }
}

const BEARER = /^bearer /i;

/** Returns the token of `Authorization: Bearer`; undefined if there is no such header. */
export function bearerOf(headers: Headers): string | undefined {
  const given = headerText(headers.get('authorization') ?? '').trim();
  return BEARER.test(given) ? given.replace(BEARER, '').trim() || undefined : undefined;
}
