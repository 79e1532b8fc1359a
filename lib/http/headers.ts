import { isUtf8 } from 'node:buffer';

/** A download under this name, whatever characters it has (RFC 6266). */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** The text of a header: headers are bytes, of which Node makes a character each, and most clients send UTF-8. */
export function headerText(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}

/** A name from a header, where other than ASCII is percent-encoded, or the bytes of UTF-8, as curl sends it. */
export function decodeName(value: string): string {
  const name = headerText(value);
  try {
    return decodeURIComponent(name);
  } catch {
    // A plain name with a percent sign in it.
    return name;
  }
}

const BEARER = /^bearer /i;

/** The token of `Authorization: Bearer`; undefined where there is no such header. */
export function bearerOf(headers: Headers): string | undefined {
  const given = headerText(headers.get('authorization') ?? '').trim();
  return BEARER.test(given) ? given.replace(BEARER, '').trim() || undefined : undefined;
}
