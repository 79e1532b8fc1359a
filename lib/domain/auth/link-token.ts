import { createHash, randomBytes } from 'node:crypto';

/** Creates the secret of a link: 256 random bits. */
export const newLinkToken = (): string => randomBytes(32).toString('base64url');

/** Returns what is stored of it. The token is long and random, so a plain SHA-256 is safe, and it can be indexed. */
export const hashLinkToken = (token: string): string => createHash('sha256').update(token).digest('hex');
