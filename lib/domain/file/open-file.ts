import type { Readable } from 'node:stream';
import type { FileDto } from '@/lib/contracts/file';
import { type Context, requirePermission } from '@/lib/domain/context';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import { findFile } from './find-file';
import type { ByteRange } from './storage/storage';
import { storageOf } from './storage/storage-of';

interface OpenedFile {
  file: FileDto;
  stream: Readable;
}

/** Opens a stored file for its download. @throws DomainError `forbidden`, and as `openStored` */
export async function openFile(context: Context, id: string, range?: ByteRange): Promise<OpenedFile> {
  requirePermission(context, 'file.see');
  const { isPrivate } = await findFile(context, id);
  if (!isPrivate) await requireUnredacted(context, 'download files');
  return openStored(context, id, range);
}

/**
 * Opens a stored file, or a byte range of it. Read the stream to its end or destroy it, because it holds an open file
 * or a connection.
 * @throws DomainError `not-found`; `unavailable` if the row exists but its bytes cannot be read from this machine
 */
export async function openStored(context: Context, id: string, range?: ByteRange): Promise<OpenedFile> {
  const { storage, isPrivate: _, ...file } = await findFile(context, id);
  return { file, stream: await (await storageOf(storage)).open(id, range) };
}
