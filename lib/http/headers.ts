import { isUtf8 } from 'node:buffer';
import { DomainError } from '@/lib/domain/errors';
import { IDEMPOTENCY_KEY_LENGTH } from './limits';

/** The Idempotency-Key header. @throws DomainError `invalid-request` when it is empty or too long */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key');
  if (key === null) return undefined;
  if (key.length > 0 && key.length <= IDEMPOTENCY_KEY_LENGTH) return key;
  const message = `must have 1 to ${IDEMPOTENCY_KEY_LENGTH} characters`;
  throw new DomainError('invalid-request', `The header Idempotency-Key ${message}.`, {
    errors: [{ path: 'Idempotency-Key', message }],
  });
}

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
