import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { FileDto } from '@/lib/contracts/system';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { filePath } from './file-path';
import { findFile } from './find-file';

/**
 * A stored file and its bytes. Read the stream to its end or destroy it: it holds an open file.
 * @throws DomainError `not-found`; `unavailable` when the row is there but the disk of this machine lacks the file
 */
export async function openFile(context: Context, id: string): Promise<{ file: FileDto; stream: Readable }> {
  const file = await findFile(context, id);
  const handle = await open(filePath(id), 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new DomainError(
      'unavailable',
      `The content of ${file.name} is not readable here (${cause.code}). Is DATA_DIR the same everywhere?`,
      {
        cause,
      },
    );
  });
  return { file, stream: handle.createReadStream() };
}
