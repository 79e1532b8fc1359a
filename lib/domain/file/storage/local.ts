import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { DomainError } from '@/lib/domain/errors';
import { filePath } from '@/lib/domain/file/file-path';
import type { ByteRange, Storage } from './storage';

/** Stores files in DATA_DIR. A rename and two syncs make a write atomic and durable, also in a power failure. */
export const localStorage: Storage = {
  kind: 'local',

  async keep(path: string, id: string): Promise<void> {
    const final = filePath(id);
    await mkdir(dirname(final), { recursive: true, mode: 0o700 });
    await rename(path, final);
    await syncFolder(dirname(final));
  },

  async open(id: string, range?: ByteRange): Promise<Readable> {
    const handle = await open(filePath(id), 'r').catch((cause: NodeJS.ErrnoException) => {
      throw new DomainError(
        'unavailable',
        `The content of this file is not readable here (${cause.code}). Is DATA_DIR the same everywhere?`,
        { cause },
      );
    });
    return handle.createReadStream(range);
  },

  async remove(id: string): Promise<void> {
    await rm(filePath(id), { force: true });
  },
};

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
