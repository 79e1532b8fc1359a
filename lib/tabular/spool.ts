import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { env } from '@/lib/config/env';
import { TabularError } from './row';

export interface Spooled {
  handle: FileHandle;
  size: number;
}

/**
 * Copies a source to disk, for formats with their directory at the end. The file is unlinked before this returns, so it
 * is deleted with its handle, also when the process is killed. The caller closes the handle.
 * @throws TabularError `too-large` beyond `maxBytes`
 */
export async function spool(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Spooled> {
  const folder = resolve(env().DATA_DIR, 'spool');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomBytes(16).toString('hex'));
  const handle = await open(path, 'wx+', 0o600);
  let size = 0;
  try {
    await unlink(path);
    for await (const chunk of source) {
      signal?.throwIfAborted();
      size += chunk.byteLength;
      if (size > maxBytes) {
        throw new TabularError(
          'too-large',
          `The file is larger than ${maxBytes.toLocaleString('en')} bytes, the most of this format that is read.`,
        );
      }
      await handle.writeFile(chunk);
    }
    return { handle, size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
