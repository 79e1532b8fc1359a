import type { FileDto } from '@/lib/contracts/file';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import type { StorageKind } from './storage/storage';

/** @throws DomainError `not-found`, also for a file of another organization */
export async function findFile(context: Context, id: string): Promise<FileDto & { storage: StorageKind }> {
  if (!isId(id)) throw notFound('file', id);
  const { rows } = await pool().query<FileDto & { storage: StorageKind }>(
    sql`select id as "fileId", name, size::float8 as size, content_type as "contentType", sha256, storage
       from file where id = ${id} and organization_id = ${context.organizationId} and hidden_at is null`,
  );
  const file = rows[0];
  if (!file) throw notFound('file', id);
  return file;
}

/** Returns the metadata of a file, without opening it. @throws DomainError `forbidden`, `not-found` */
export async function getFile(context: Context, id: string): Promise<FileDto> {
  requirePermission(context, 'file.see');
  await requireUnredacted(context, 'download files');
  const { storage: _, ...file } = await findFile(context, id);
  return file;
}
