import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'by_';
const SHOWN = 8;

/** Creates a key: 256 random bits, with a prefix that secret scanners recognize. */
export const newApiKey = (): string => PREFIX + randomBytes(32).toString('base64url');

/**
 * Returns the hash that is stored for a key. Keys are long and random, so a plain SHA-256 is safe, and it can be
 * indexed.
 */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Returns the first characters, which identify a key in a list. */
export const startOfApiKey = (key: string): string => key.slice(0, SHOWN);
