import type { Readable } from 'node:stream';
import type { FileDto } from '@/lib/contracts/file';
import type { Context } from '@/lib/domain/context';
import { findFile } from './find-file';
import type { ByteRange } from './storage/storage';
import { storageOf } from './storage/storage-of';

/**
 * Opens a stored file, or a byte range of it. Read the stream to its end or destroy it, because it holds an open file
 * or a connection.
 * @throws DomainError `not-found`; `unavailable` if the row exists but its bytes cannot be read from this machine
 */
export async function openFile(
  context: Context,
  id: string,
  range?: ByteRange,
): Promise<{ file: FileDto; stream: Readable }> {
  const { storage, ...file } = await findFile(context, id);
  return { file, stream: await (await storageOf(storage)).open(id, range) };
}
