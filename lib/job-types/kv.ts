import { PermanentError } from './failures';

/** Values that jobs of one type share in their organization. Each has an end. */
export interface KeyValues {
  /** Returns a value, or undefined if there is none or it has expired. */
  get<T = unknown>(key: string): Promise<T | undefined>;
  /** Stores a JSON value of at most 64 KiB. @throws an error with the code `kv-full` beyond 10,000 keys */
  set(key: string, value: unknown, options?: Expiry): Promise<void>;
  /** Adds to a number at once, whoever else does too; one that is missing begins at 0. @returns the sum */
  increment(key: string, by?: number, options?: Expiry): Promise<number>;
  /** @returns whether there was a value */
  delete(key: string): Promise<boolean>;
}

export interface Expiry {
  /** seconds until it is gone: a day by default, 366 days at most; `increment` keeps the end that a number has */
  expiresInSeconds?: number;
}

const MAX_KEY = 200;
const MAX_VALUE_BYTES = 64 * 1024;
const DAY = 24 * 3600;

/** @throws PermanentError `invalid-key` */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && key !== '' && key.length <= MAX_KEY && !/\p{Cc}|\p{Surrogate}/u.test(key)) return key;
  throw new PermanentError(`A key is a text of 1 to ${MAX_KEY} printable characters.`, 'invalid-key');
}

/** Returns the seconds. @throws PermanentError `invalid-expiry` */
export function secondsOf({ expiresInSeconds = DAY }: Expiry = {}): number {
  if (expiresInSeconds > 0 && expiresInSeconds <= 366 * DAY) return expiresInSeconds;
  throw new PermanentError('expiresInSeconds is a number of seconds above 0, and 366 days at most.', 'invalid-expiry');
}

/** @param json the value @throws PermanentError `invalid-value`, `value-too-large` */
export function checkValue(key: string, json: string | undefined): string {
  if (json === undefined) throw new PermanentError(`The value of ${key} has no JSON. Use delete.`, 'invalid-value');
  if (Buffer.byteLength(json) <= MAX_VALUE_BYTES) return json;
  throw new PermanentError(
    `The value of ${key} has more than ${MAX_VALUE_BYTES / 1024} KiB of JSON. Store it as a file, and its id here.`,
    'value-too-large',
  );
}

/** @throws PermanentError `invalid-value` */
export function checkNumber(by: unknown): number {
  if (typeof by === 'number' && Number.isFinite(by)) return by;
  throw new PermanentError('increment adds a finite number.', 'invalid-value');
}

export const noNumber = (key: string): PermanentError =>
  new PermanentError(`The value of ${key} is no number, so nothing can be added to it.`, 'no-number');
