import { rm } from 'node:fs/promises';
import { logger } from '@/lib/config/logger';
import type { FileDto } from '@/lib/contracts/file';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { fileLimitOf, requireOrganization, requireStorage } from '@/lib/domain/organization/limits/require-room';
import { contentTypeOf } from './content-type';
import { cleanFileName } from './file-name';
import { incomingPath, prepareIncoming } from './file-path';
import { receive } from './receive';
import { currentStorage } from './storage/storage-of';

export interface NewFile {
  name: string;
  /** the sender's claim; used only for artifacts whose bytes are not conclusive */
  contentType?: string | undefined;
  body: AsyncIterable<Uint8Array>;
}

/** The attempt of a job that makes a file. */
export interface Maker {
  jobId: string;
  attempt: number;
  /** the id of the only person or key that may open the file; undefined for everybody in the organization */
  onlyFor?: string;
}

/**
 * Receives a file on this machine's disk, moves it into the storage, and then makes its row visible. A failure removes
 * everything; after a crash the sweep removes the hidden row and its bytes.
 * @param show makes the row visible; throws to reject the file
 * @throws DomainError `unauthenticated` if the organization was deleted meanwhile, `payload-too-large` beyond
 *   MAX_UPLOAD_BYTES or the organization's limit, `limit-exceeded` if its
 *   storage is full, `unavailable` if the storage does not respond
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
  let kept = false;
  try {
    const { size, sha256, head } = await receive(incoming, body, await fileLimitOf(context));
    const file: FileDto = { fileId: id, name: cleanFileName(name), size, contentType: '', sha256 };
    file.contentType = contentTypeOf(head, file.name, maker && contentType);
    await pool().query(
      sql`insert into file (id, organization_id, name, size, content_type, sha256, created_by, storage, job_id, attempt,
         only_for, hidden_at)
       values (${id}, ${context.organizationId}, ${file.name}, ${size}, ${file.contentType}, ${sha256}, ${context.actor.id}, ${storage.kind}, ${maker?.jobId ?? null}, ${maker?.attempt ?? null}, ${maker?.onlyFor ?? null}, now())`,
    );
    kept = true;
    await storage.keep(incoming, id, file);
    await transaction(async ({ db }) => {
      await requireOrganization(db, context);
      await show(db, file);
      await requireStorage(db, context);
    });
    return file;
  } catch (error) {
    await rm(incoming, { force: true });
    await undo(id).catch((err) =>
      logger.warn({ err, id }, 'A file could not be stored. The sweep will remove what is left of it.'),
    );
    throw error;
  }

  /**
   * Hides the row first and deletes it last: a partly deleted file cannot be opened, and the sweep retries failures.
   */
  async function undo(fileId: string): Promise<void> {
    await pool().query(sql`update file set hidden_at = '-infinity' where id = ${fileId}`);
    // Also if the row is gone: the deletion of its organization removed it before the bytes arrived.
    if (kept) await storage.remove(fileId);
    await pool().query(sql`delete from file where id = ${fileId}`);
  }
}

/** Makes the row of a complete file visible. */
export async function showFile(db: Queryable, id: string): Promise<void> {
  await db.query(sql`update file set hidden_at = null where id = ${id}`);
}
