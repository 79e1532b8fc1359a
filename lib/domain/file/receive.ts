import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { FileLimit } from '@/lib/domain/organization/limits/require-room';
import { SNIFF_BYTES } from './content-type';

export interface Received {
  size: number;
  sha256: string;
  /** the first bytes, to detect the type */
  head: Uint8Array;
}

/**
 * Streams a body to a new file, with one chunk in memory at a time, and syncs it to disk.
 * @throws the limit's error for a larger body; the body's error if its sender disconnects
 */
export async function receive(path: string, body: AsyncIterable<Uint8Array>, limit: FileLimit): Promise<Received> {
  const handle = await open(path, 'wx', 0o600);
  try {
    const received = await write(handle, body, limit);
    await handle.sync();
    return received;
  } finally {
    await handle.close();
  }
}

async function write(handle: FileHandle, body: AsyncIterable<Uint8Array>, limit: FileLimit): Promise<Received> {
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (size < SNIFF_BYTES) head.push(chunk.slice(0, SNIFF_BYTES - size));
    size += chunk.byteLength;
    if (size > limit.bytes) throw limit.refuse();
    hash.update(chunk);
    await handle.writeFile(chunk);
  }
  return { size, sha256: hash.digest('hex'), head: Buffer.concat(head) };
}
