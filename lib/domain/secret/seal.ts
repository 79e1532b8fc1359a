import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { env } from '@/lib/config/env';
import { DomainError } from '@/lib/domain/errors';

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** @throws DomainError `unavailable` if this process has no key */
function key(): Buffer {
  const { SECRETS_KEY } = env();
  if (!SECRETS_KEY) {
    throw new DomainError('unavailable', 'Secrets need SECRETS_KEY; `npm start` makes one and keeps it in DATA_DIR.');
  }
  return Buffer.from(hkdfSync('sha256', SECRETS_KEY, '', 'batchyard secrets', 32));
}

/** Encrypts a value for one place: it cannot be decrypted in another organization's row, or under another name. */
export function seal(value: string, place: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(ALGORITHM, key(), nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws DomainError `unavailable` if it was encrypted with another key, or for another place */
export function unseal(sealed: Uint8Array, place: string): string {
  const bytes = Buffer.from(sealed);
  try {
    const decipher = createDecipheriv(ALGORITHM, key(), bytes.subarray(0, NONCE))
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError('unavailable', 'A secret can’t be read with this SECRETS_KEY. Create it again.', { cause });
  }
}

export const placeOf = (organizationId: string, name: string): string => `${organizationId}/${name}`;
