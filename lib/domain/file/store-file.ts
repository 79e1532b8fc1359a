import type { FileDto } from '@/lib/contracts/file';
import type { Context } from '@/lib/domain/context';
import { type NewFile, showFile, takeIn } from './take-in';

/**
 * Streams an upload to where files are kept: it can be opened only once it is whole and durable. What nobody has
 * used after a day is deleted.
 * @throws DomainError `payload-too-large` beyond MAX_UPLOAD_BYTES, `unavailable`
 */
export function storeFile(context: Context, file: NewFile): Promise<FileDto> {
  return takeIn(context, file, undefined, (db, { fileId }) => showFile(db, fileId));
}
