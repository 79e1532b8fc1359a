import { currentTraceId } from '@/lib/config/tracing';
import type { CreateJobBody, JobDto } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { type AuditAction, type AuditTarget, insertEntries } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { typeDefaults } from '@/lib/domain/defaults';
import { notFound } from '@/lib/domain/errors';
import { useFilesOf } from '@/lib/domain/file/use-files';
import { type Repeatable, requireSameRequest } from '@/lib/domain/idempotency';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { checkMetadata } from '@/lib/domain/metadata';
import { traceMaking } from '@/lib/domain/monitoring/trace-making';
import { requireTargets, storeTargets } from '@/lib/domain/notification/event/targets';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import { writeRows } from '@/lib/domain/organization/limits/require-room';
import { hasSearchable, indexJobs } from '@/lib/domain/query/search-keys';
import { hintChanges } from '@/lib/events/relay';
import { createChild } from './create-child';
import { deliverNew } from './deliver-job';
import { loadJobs } from './get-job';
import { itemName } from './item-name';
import { parseData } from './parse-data';

/** A job that the product makes for somebody: an entry in the audit log of its own, and no limit of stored jobs. */
interface OwnEntry {
  context: Context;
  action: AuditAction;
  target: AuditTarget;
}

/**
 * Creates one job and enqueues it; with `parentJobId` as a child of that batch. The same idempotency key returns the
 * same job. @throws DomainError `unknown-job-type`, `invalid-data`, `invalid-metadata`,
 * `idempotency-key-reused`, `limit-exceeded`, `forbidden` for a job type that the organization may not launch, and of a child those of `createChild`
 */
export async function createJob(
  context: Context,
  body: CreateJobBody,
  { internal, own, ...request }: Repeatable & { internal?: boolean | undefined; own?: OwnEntry } = {},
): Promise<{ outcome: 'created' | 'existing'; job: JobDto }> {
  requirePermission(context, 'job.launch');
  const { idempotencyKey } = request;
  const type = requireJobType(body.type, { internal });
  await requireAllowedTypes(context, [type]);
  checkMetadata(body.metadata);
  await requireTargets(context, body.notify);
  const data = parseData(type, body.data);
  const defaults = typeDefaults(type);
  const from = Date.now();
  const start = await readStartTime(body);
  if (body.parentJobId !== undefined) {
    const childId = await createChild(context, body, { type, data, due: start?.due }, request);
    return childId === undefined
      ? { outcome: 'existing', job: await findJobByKey(context, request) }
      : { outcome: 'created', job: await findById(context, childId) };
  }
  const id = newId();
  const correlationId = body.correlationId ?? currentTraceId() ?? id;
  const priority = body.priority ?? 0;
  const maxAttempts = body.maxAttempts ?? defaults.maxAttempts;
  // One statement: the unique index of the key decides between two concurrent requests.
  const inserted = sql`insert into job (id, organization_id, type, status, run_at, name, description, data, priority, max_attempts,
       backoff, correlation_id, idempotency_key, created_by, metadata, idempotency_hash)
     values (${id}, ${context.organizationId}, ${type}, ${start ? 'delayed' : 'pending'}, ${start?.due ?? null}, ${body.name ?? itemName(type, data) ?? null}, ${body.description ?? null}, ${stringifyJson(data)}, ${priority}, ${maxAttempts}, ${stringifyJson(body.backoff ?? defaults.backoff)}, ${correlationId}, ${idempotencyKey ?? null}, ${context.actor.name}, ${body.metadata ? stringifyJson(body.metadata) : null}, ${await request.requestHash?.()}) on conflict do nothing returning id, name`;
  const entry = own
    ? insertEntries(
        own.context,
        own.action,
        own.target.kind,
        sql`(select ${own.target.id}::text as id, ${own.target.name ?? null}::text as name from made) as t`,
      )
    : insertEntries(context, 'job.launch', 'job', sql`(select id::text, name from made) as t`, { after: { type } });
  const statement = internal && !own ? inserted : sql`with made as (${inserted}), entry as (${entry}) select from made`;
  const write = async (db: Queryable) => {
    const { rowCount } = await db.query(statement);
    if (rowCount && hasSearchable([type])) await indexJobs(db, sql`j.id = ${id}::uuid`);
    if (rowCount) await storeTargets(db, context, id, body.notify);
    return Boolean(rowCount);
  };
  // Whom to tell is stored with the job, or neither is.
  const isNew = await (own ? write(pool()) : writeRows(context, write, { atOnce: body.notify !== undefined }));
  if (!isNew) return { outcome: 'existing', job: await findJobByKey(context, request) };
  await useFilesOf(pool(), context.organizationId, { id, data });
  traceMaking('create job', { correlationId, ownerId: id }, from, {
    'batchyard.job.id': id,
    'batchyard.job.type': type,
  });
  // The row is committed: these effects may run in any order, and the sweep repeats lost ones.
  const [job] = await Promise.all([
    findById(context, id),
    deliverNew({
      id,
      type,
      priority,
      maxAttempts,
      correlationId,
      delayMs: start?.delayMs ?? 0,
      asOf: start?.asOf ?? 0,
    }),
    hintChanges({ created: [id] }),
  ]);
  return { outcome: 'created', job };
}

async function findById(context: Context, id: string): Promise<JobDto> {
  const [job] = await loadJobs(context, [id]);
  if (!job) throw notFound('job', id);
  return job;
}

/** Returns the job that was created with a key. @throws DomainError `not-found`, `idempotency-key-reused` */
export async function findJobByKey(context: Context, request: Repeatable): Promise<JobDto> {
  requirePermission(context, 'job.launch');
  const { idempotencyKey = '' } = request;
  const { rows } = await pool().query<{ id: string; idempotency_hash: string | null }>(
    sql`select id, idempotency_hash from job
     where organization_id = ${context.organizationId} and idempotency_key = ${idempotencyKey}`,
  );
  const [row] = rows;
  if (row) await requireSameRequest(row.idempotency_hash, request);
  const [job] = row ? await loadJobs(context, [row.id]) : [];
  if (!job) throw notFound('job', idempotencyKey);
  return job;
}

/** When a job may start, by the database's clock. */
interface StartTime {
  due: Date;
  /** milliseconds from `asOf` on */
  delayMs: number;
  asOf: number;
}

/**
 * Returns the start time that a job asks for (`runAt`, `delayMs`), if it is in the future. The database's clock decides,
 * because all machines share it. Without a start time there is no query.
 */
async function readStartTime({ runAt, delayMs = 0 }: CreateJobBody): Promise<StartTime | undefined> {
  if (runAt === undefined && delayMs === 0) return undefined;
  const { rows } = await pool().query<StartTime>(
    sql`select due, extract(epoch from now())::float8 * 1000 as "asOf",
       ceil(extract(epoch from due - now())::float8 * 1000) as "delayMs"
     from (select coalesce(${runAt ?? null}::timestamptz, now() + make_interval(secs => ${delayMs}::float8 / 1000)) as due) d where due > now()`,
  );
  return rows[0];
}
