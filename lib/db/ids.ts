import { v7 } from 'uuid';

/** Random bytes of one id. */
const BYTES = 16;
/** Filled for many ids at once: asking for random bytes takes thirty times as long as the rest. */
const random = new Uint8Array(256 * BYTES);
let used = random.length;
let milliseconds = Number.NEGATIVE_INFINITY;
let sequence = 0;

/** Returns a new id (UUIDv7). Ids sort by time; within one process they are strictly increasing. */
export function newId(): string {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  const own = random.subarray(used, used + BYTES);
  used += BYTES;
  const now = Date.now();
  if (now > milliseconds) {
    milliseconds = now;
    sequence = new DataView(own.buffer, own.byteOffset).getUint32(6) & 0x7fff_ffff;
  } else {
    sequence = (sequence + 1) | 0;
    // After 2³² ids, or when the clock was set back: the next millisecond.
    if (sequence === 0) milliseconds += 1;
  }
  return v7({ random: own, msecs: milliseconds, seq: sequence });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns whether a text can be an id. Ids are opaque to callers, so an invalid one is reported as not found. */
export const isId = (value: string): boolean => UUID.test(value);

/** Returns the lowest id that can be made at a time, in milliseconds since 1970. */
export function firstIdAt(milliseconds: number): string {
  const hex = Math.min(Math.max(0, Math.floor(milliseconds)), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
