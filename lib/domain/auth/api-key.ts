import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'by_';
const SHOWN = 8;

/** A new key: 256 random bits, with a prefix that secret scanners can find. */
export const newApiKey = (): string => PREFIX + randomBytes(32).toString('base64url');

/** What is kept of a key. Keys are long and random, so a plain SHA-256 is enough and can be looked up. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** The first characters, to recognize a key in a list. */
export const startOfApiKey = (key: string): string => key.slice(0, SHOWN);
