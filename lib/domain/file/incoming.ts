import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { logger } from '@/lib/config/logger';
import { incomingFolder } from './file-path';

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
