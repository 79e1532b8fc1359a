import type { FileDto } from '@/lib/contracts/file';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import type { StorageKind } from './storage/storage';

type FoundFile = FileDto & { storage: StorageKind; isPrivate: boolean };

/** @throws DomainError `not-found`, also for a file of another organization and for the private one of somebody else */
export async function findFile(context: Context, id: string): Promise<FoundFile> {
  if (!isId(id)) throw notFound('file', id);
  const { rows } = await pool().query<FoundFile>(
    sql`select id as "fileId", name, size::float8 as size, content_type as "contentType", sha256, storage,
         only_for is not null as "isPrivate"
       from file where id = ${id} and organization_id = ${context.organizationId} and hidden_at is null
         and (only_for is null or only_for = ${context.actor.id} or ${context.actor.kind === 'system'})`,
  );
  const file = rows[0];
  if (!file) throw notFound('file', id);
  return file;
}

/** Returns the metadata of a file, without opening it. @throws DomainError `forbidden`, `not-found` */
export async function getFile(context: Context, id: string): Promise<FileDto> {
  requirePermission(context, 'file.see');
  const { storage: _storage, isPrivate, ...file } = await findFile(context, id);
  if (!isPrivate) await requireUnredacted(context, 'download files');
  return file;
}
