import { rm } from 'node:fs/promises';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import type { FileDto } from '@/lib/contracts/file';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { contentTypeOf } from './content-type';
import { cleanFileName } from './file-name';
import { incomingPath } from './file-path';
import { prepareIncoming } from './incoming';
import { receive } from './receive';
import { currentStorage } from './storage/storage-of';

export interface NewFile {
  name: string;
  /** what the sender claims; the stored type comes from the bytes, and this only names what they don't tell */
  contentType?: string | undefined;
  body: AsyncIterable<Uint8Array>;
}

/** The attempt of a job that makes a file. */
export interface Maker {
  jobId: string;
  attempt: number;
}

/**
 * Receives a file on this machine's disk, puts it where files are kept, and only then shows its row. Whatever goes
 * wrong on the way leaves nothing behind; after a crash the sweep finds the hidden row.
 * @param show makes the row visible, and may refuse to by throwing
 * @throws DomainError `payload-too-large` beyond MAX_UPLOAD_BYTES, `unavailable` when the storage does not answer
 */
export async function takeIn(
  context: Context,
  { name, contentType, body }: NewFile,
  maker: Maker | undefined,
  show: (db: Queryable, file: FileDto) => Promise<void>,
): Promise<FileDto> {
  await prepareIncoming();
  const storage = await currentStorage();
  const incoming = incomingPath();
  const id = newId();
  try {
    const { size, sha256, head } = await receive(incoming, body, env().MAX_UPLOAD_BYTES);
    const file: FileDto = { fileId: id, name: cleanFileName(name), size, contentType: '', sha256 };
    file.contentType = contentTypeOf(head, file.name, maker && contentType);
    await pool().query(
      sql`insert into file (id, organization_id, name, size, content_type, sha256, created_by, storage, job_id, attempt,
         hidden_at)
       values (${id}, ${context.organizationId}, ${file.name}, ${size}, ${file.contentType}, ${sha256}, ${context.actor.id}, ${storage.kind}, ${maker?.jobId ?? null}, ${maker?.attempt ?? null}, now())`,
    );
    await storage.keep(incoming, id, file);
    await transaction(({ db }) => show(db, file));
    return file;
  } catch (error) {
    await rm(incoming, { force: true });
    await undo(id).catch((err) =>
      logger.warn({ err, id }, 'A file could not be stored. The sweep will remove what is left of it.'),
    );
    throw error;
  }

  /** Hidden first and deleted last: nobody opens what is half gone, and the sweep repeats what fails here. */
  async function undo(fileId: string): Promise<void> {
    const { rowCount } = await pool().query(sql`update file set hidden_at = '-infinity' where id = ${fileId}`);
    if (rowCount === 0) return;
    await storage.remove(fileId);
    await pool().query(sql`delete from file where id = ${fileId}`);
  }
}

/** Ends the hiding of a file that is whole. */
export async function showFile(db: Queryable, id: string): Promise<void> {
  await db.query(sql`update file set hidden_at = null where id = ${id}`);
}
