import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';

const root = () => resolve(env().DATA_DIR, 'files');

/** Returns the path of a stored file. The last characters of an id are random, so the folders fill evenly. */
export const filePath = (id: string): string => join(root(), id.slice(-2), id.slice(-4, -2), id);

/** Returns the folder of files that are still being received. */
const incomingFolder = (): string => join(root(), 'incoming');

export const incomingPath = (): string => join(incomingFolder(), randomBytes(16).toString('hex'));

const DAY = 24 * 3600 * 1000;
let prepared: Promise<void> | undefined;

/** Once per process: creates the folder for incoming files and removes files that a crash left there days ago. */
export function prepareIncoming(): Promise<void> {
  prepared ??= sweepIncoming().catch((error) => {
    prepared = undefined;
    throw error;
  });
  return prepared;
}

async function sweepIncoming(): Promise<void> {
  const folder = incomingFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may have just removed or moved it.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < DAY) continue;
    await rm(path, { force: true });
    logger.info({ path }, 'Removed an upload that was never finished.');
  }
}
