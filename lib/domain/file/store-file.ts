import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import type { FileDto } from '@/lib/contracts/system';
import { newId, pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { contentTypeOf } from './content-type';
import { cleanFileName } from './file-name';
import { filePath, incomingFolder, incomingPath } from './file-path';
import { receive } from './receive';

interface NewFile {
  name: string;
  /** what the sender claims; the stored type comes from the bytes */
  contentType?: string;
  body: AsyncIterable<Uint8Array>;
}

/**
 * Streams a file to disk and then records it: a row exists only for a file that is whole and on disk.
 * Whatever goes wrong on the way, including a sender that goes away, leaves nothing behind.
 * @throws DomainError `payload-too-large` beyond MAX_UPLOAD_BYTES
 */
export async function storeFile(context: Context, { name, body }: NewFile): Promise<FileDto> {
  await prepare();
  const id = newId();
  const incoming = incomingPath();
  const final = filePath(id);
  try {
    const { size, sha256, head } = await receive(incoming, body, env().MAX_UPLOAD_BYTES);
    const file = { fileId: id, name: cleanFileName(name), size, contentType: '', sha256 };
    file.contentType = contentTypeOf(head, file.name);
    await mkdir(dirname(final), { recursive: true });
    await rename(incoming, final);
    await syncFolder(dirname(final));
    await pool().query(
      `insert into file (id, organization_id, name, size, content_type, sha256, created_by)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, context.organizationId, file.name, size, file.contentType, sha256, context.actor.id],
    );
    return file;
  } catch (error) {
    await Promise.all([rm(incoming, { force: true }), rm(final, { force: true })]);
    throw error;
  }
}

/** Makes a rename survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const DAY = 24 * 3600 * 1000;
let prepared: Promise<void> | undefined;

/** Once per process: the folder for what is being received, rid of what a crash left there days ago. */
function prepare(): Promise<void> {
  prepared ??= sweepIncoming().catch((error) => {
    prepared = undefined;
    throw error;
  });
  return prepared;
}

async function sweepIncoming(): Promise<void> {
  const folder = incomingFolder();
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may have just finished with it.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < DAY) continue;
    await rm(path, { force: true });
    logger.info({ path }, 'removed an upload that never finished');
  }
}
