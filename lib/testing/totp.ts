import { createHmac } from 'node:crypto';
import { must } from '@/lib/contracts/must';

const PERIOD_MS = 30_000;

/**
 * Returns the code of an authenticator app (RFC 6238). The codes of the last, the present and the next half minute are
 * accepted, and each works once. So a test takes the present one first, and then the next one, without waiting.
 * @param uri what the QR code contains
 */
export function totpOf(uri: string, period: 0 | 1 = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / PERIOD_MS) + period));
  const key = base32(must(new URL(uri).searchParams.get('secret'), 'The secret of the app'));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function base32(text: string): Uint8Array {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Uint8Array.from(bits.join('').match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
