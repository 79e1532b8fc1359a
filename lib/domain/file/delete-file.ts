import { rm } from 'node:fs/promises';
import { pool } from '@/lib/db';
import { type Context, requireAdmin } from '@/lib/domain/context';
import { filePath } from './file-path';
import { findFile } from './find-file';

/**
 * Removes a file for good: first its row, so that nobody can open what is half gone.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function deleteFile(context: Context, id: string): Promise<void> {
  requireAdmin(context, 'delete a file');
  await findFile(context, id);
  await pool().query('delete from file where id = $1 and organization_id = $2', [id, context.organizationId]);
  await rm(filePath(id), { force: true });
}
