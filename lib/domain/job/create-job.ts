import { currentTraceId } from '@/lib/config/tracing';
import type { CreateJobBody, JobDto } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { prisma } from '@/lib/db/prisma';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { typeDefaults } from '@/lib/domain/defaults';
import { notFound } from '@/lib/domain/errors';
import { useFilesOf } from '@/lib/domain/file/use-files';
import { type Repeatable, requireSameRequest } from '@/lib/domain/idempotency';
import { checkMetadata } from '@/lib/domain/metadata';
import { traceMaking } from '@/lib/domain/monitoring/trace-making';
import { hintChanges } from '@/lib/events/relay';
import { createChild } from './create-child';
import { deliverNew } from './deliver-job';
import { getJobs } from './get-job';
import { itemName } from './item-name';
import { ownDue } from './own-due';
import { parseData } from './parse-data';
import { requireJobType } from './require-job-type';

/**
 * Makes one job and hands it to the queue; with `parentJobId` as a child of that batch. The same idempotency key
 * gives the same job. @throws DomainError `unknown-job-type`, `invalid-data`, `invalid-metadata`,
 * `idempotency-key-reused`, and of a child those of `createChild`
 */
export async function createJob(
  context: Context,
  body: CreateJobBody,
  { internal, ...request }: Repeatable & { internal?: boolean | undefined } = {},
): Promise<{ outcome: 'created' | 'existing'; job: JobDto }> {
  const { idempotencyKey } = request;
  const type = requireJobType(body.type, { internal });
  checkMetadata(body.metadata);
  const data = parseData(type, body.data);
  const defaults = typeDefaults(type);
  const from = Date.now();
  const own = await ownDue(body);
  if (body.parentJobId !== undefined) {
    const childId = await createChild(context, body, { type, data, due: own?.due }, request);
    return childId === undefined
      ? { outcome: 'existing', job: await findJobByKey(context, request) }
      : { outcome: 'created', job: await findById(context, childId) };
  }
  const id = newId();
  const correlationId = body.correlationId ?? currentTraceId() ?? id;
  const priority = body.priority ?? 0;
  const maxAttempts = body.maxAttempts ?? defaults.maxAttempts;
  // One statement: the key's unique index decides between two requests that race.
  const { rowCount } = await pool().query(
    sql`insert into job (id, organization_id, type, status, run_at, name, description, data, priority, max_attempts,
       backoff, correlation_id, idempotency_key, created_by, metadata, idempotency_hash)
     values (${id}, ${context.organizationId}, ${type}, ${own ? 'delayed' : 'pending'}, ${own?.due ?? null}, ${body.name ?? itemName(type, data) ?? null}, ${body.description ?? null}, ${stringifyJson(data)}, ${priority}, ${maxAttempts}, ${stringifyJson(body.backoff ?? defaults.backoff)}, ${correlationId}, ${idempotencyKey ?? null}, ${context.actor.name}, ${body.metadata ? stringifyJson(body.metadata) : null}, ${await request.requestHash?.()}) on conflict do nothing`,
  );
  if (!rowCount) return { outcome: 'existing', job: await findJobByKey(context, request) };
  await useFilesOf(pool(), context.organizationId, { id, data });
  traceMaking('create job', { correlationId, ownerId: id }, from, {
    'batchyard.job.id': id,
    'batchyard.job.type': type,
  });
  // The row is durable: what follows needs no order, and what of it is lost the sweep or the next look repeats.
  const [job] = await Promise.all([
    findById(context, id),
    deliverNew({ id, type, priority, maxAttempts, correlationId, delayMs: own?.delayMs ?? 0, asOf: own?.asOf ?? 0 }),
    hintChanges({ created: [id] }),
  ]);
  return { outcome: 'created', job };
}

async function findById(context: Context, id: string): Promise<JobDto> {
  const [job] = await getJobs(context, [id]);
  if (!job) throw notFound('job', id);
  return job;
}

/** The job that was made under a key. @throws DomainError `not-found`, `idempotency-key-reused` */
export async function findJobByKey(context: Context, request: Repeatable): Promise<JobDto> {
  const { idempotencyKey = '' } = request;
  const row = await prisma().job.findFirst({
    where: { organizationId: context.organizationId, idempotencyKey },
    select: { id: true, idempotencyHash: true },
  });
  if (row) await requireSameRequest(row.idempotencyHash, request);
  const [job] = row ? await getJobs(context, [row.id]) : [];
  if (!job) throw notFound('job', idempotencyKey);
  return job;
}
