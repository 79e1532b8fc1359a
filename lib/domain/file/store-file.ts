import type { FileDto } from '@/lib/contracts/file';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { type NewFile, showFile, takeIn } from './take-in';

/**
 * Streams an upload to the storage. It can be opened only when it is complete and durable. An upload that no job uses
 * is deleted after a day.
 * @throws DomainError `forbidden`, `payload-too-large` beyond MAX_UPLOAD_BYTES, `unavailable`
 */
export async function storeFile(context: Context, file: NewFile): Promise<FileDto> {
  requirePermission(context, 'file.upload');
  return takeIn(context, file, undefined, async (db, { fileId, name, size, sha256 }) => {
    await showFile(db, fileId);
    await audit(db, context, 'file.upload', { kind: 'file', id: fileId, name }, { after: { size, sha256 } });
  });
}
