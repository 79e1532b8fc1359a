import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { env } from '@/lib/config/env';

const root = () => resolve(env().DATA_DIR, 'files');

/** Returns the path of a stored file. The last characters of an id are random, so the folders fill evenly. */
export const filePath = (id: string): string => join(root(), id.slice(-2), id.slice(-4, -2), id);

/** Returns the folder of files that are still being received. */
export const incomingFolder = (): string => join(root(), 'incoming');

export const incomingPath = (): string => join(incomingFolder(), randomBytes(16).toString('hex'));
