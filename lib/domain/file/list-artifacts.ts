import type { FileDto } from '@/lib/contracts/file';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';

/** Lists the files of the newest attempt of a job, by name. @throws DomainError `forbidden`, `not-found` */
export async function listArtifacts(context: Context, jobId: string): Promise<FileDto[]> {
  requirePermission(context, 'file.see');
  requirePayloads(context, 'see files');
  if (!isId(jobId)) throw notFound('job', jobId);
  const job = await pool().query(
    sql`select 1 from job where id = ${jobId} and organization_id = ${context.organizationId}`,
  );
  if (job.rowCount === 0) throw notFound('job', jobId);
  const { rows } = await pool().query<FileDto>(
    sql`select f.id as "fileId", f.name, f.size::float8 as size, f.content_type as "contentType", f.sha256
     from file f join job j on j.id = f.job_id and f.attempt = j.attempt
     where f.job_id = ${jobId} and f.hidden_at is null
       and (f.only_for is null or f.only_for = ${context.actor.id}) order by f.name`,
  );
  const door = await openDoor(context);
  return rows.map((file) => ({ ...file, name: door.label(file.name) }));
}
