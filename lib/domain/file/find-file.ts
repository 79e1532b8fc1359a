import type { FileDto } from '@/lib/contracts/system';
import { isId, pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';

/** @throws DomainError `not-found`, also for a file of another organisation */
export async function findFile(context: Context, id: string): Promise<FileDto> {
  if (!isId(id)) throw notFound('file', id);
  const { rows } = await pool().query<FileDto>(
    `select id as "fileId", name, size, content_type as "contentType", sha256
       from file where id = $1 and organization_id = $2`,
    [id, context.organizationId],
  );
  const file = rows[0];
  if (!file) throw notFound('file', id);
  return file;
}
