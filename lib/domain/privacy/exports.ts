import type { CreateExportBody, ExportDto } from '@/lib/contracts/privacy';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { AuditTarget } from '@/lib/domain/audit';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePayloads, requirePermission, systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { createJob } from '@/lib/domain/job/create-job';

const MOST_LISTED = 20;

/**
 * Starts a job that writes an export. While one of the same kind is open for the caller, that one is returned.
 * @throws DomainError `forbidden`, `reauthentication-required`
 */
export const startExport = (context: Context, { of }: CreateExportBody): Promise<ExportDto> =>
  of === 'me' ? exportOwnData(context) : exportOrganization(context);

async function exportOwnData(context: Context): Promise<ExportDto> {
  const { actor } = context;
  if (actor.kind !== 'user')
    throw new DomainError('forbidden', 'Only a person who is signed in has data of their own.');
  await requireRecentSignIn(context, 'export your data');
  return start(context, 'me', { kind: 'user', id: actor.id, name: actor.name });
}

async function exportOrganization(context: Context): Promise<ExportDto> {
  requirePermission(context, 'organization.export', 'export the data of an organization');
  requirePayloads(context, 'export the data of an organization');
  await requireRecentSignIn(context, 'export the data of an organization');
  return start(context, 'organization', { kind: 'organization', id: context.organizationId });
}

async function start(context: Context, of: ExportDto['of'], target: AuditTarget): Promise<ExportDto> {
  const known = (await readExports(context)).filter((one) => one.of === of);
  const open = known.find(({ status }) => OPEN.includes(status));
  if (open) return open;
  const action = of === 'me' ? 'user.export' : 'organization.export';
  // The product writes it, so that a viewer who may launch nothing gets the own data too. Requests at the same time have
  // the same key.
  const { job } = await createJob(
    systemContext(context.organizationId),
    { type: 'export', data: { of, for: context.actor.id } },
    {
      internal: true,
      idempotencyKey: `export ${of} ${context.actor.id} after ${known[0]?.id ?? 'none'}`,
      own: { context, action, target },
    },
  );
  return { id: job.id, of, status: job.status, createdAt: job.createdAt, file: null };
}

const OPEN: readonly JobStatus[] = ['pending', 'delayed', 'active'];

/** Lists the newest exports that the caller asked for in this organization, the newest first. */
export const listExports = (context: Context): Promise<ExportDto[]> => readExports(context);

interface Row {
  id: string;
  of: ExportDto['of'];
  status: JobStatus;
  created_at: Date;
  file: ExportDto['file'];
}

async function readExports({ organizationId, actor }: Context): Promise<ExportDto[]> {
  const { rows } = await pool().query<Row>(
    sql`select j.id, coalesce(j.data ->> 'of', '') as of, j.status, j.created_at,
          (select json_build_object('fileId', f.id, 'name', f.name, 'size', f.size, 'contentType', f.content_type, 'sha256', f.sha256)
            from file f where f.job_id = j.id and f.attempt = j.attempt and f.hidden_at is null limit 1) as file
        from job j where j.organization_id = ${organizationId} and j.type = 'export' and j.data ->> 'for' = ${actor.id}
        order by j.id desc limit ${MOST_LISTED}`,
  );
  return rows.map(({ created_at: createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }));
}
