import type { Readable } from 'node:stream';
import type { FileDto } from '@/lib/contracts/file';
import type { Context } from '@/lib/domain/context';
import { findFile } from './find-file';
import type { ByteRange } from './storage/storage';
import { storageOf } from './storage/storage-of';

/**
 * A stored file and its bytes, or a part of them. Read the stream to its end or destroy it: it holds an open file or
 * a connection.
 * @throws DomainError `not-found`; `unavailable` when the row is there but its bytes can't be read from here
 */
export async function openFile(
  context: Context,
  id: string,
  range?: ByteRange,
): Promise<{ file: FileDto; stream: Readable }> {
  const { storage, ...file } = await findFile(context, id);
  return { file, stream: await (await storageOf(storage)).open(id, range) };
}
