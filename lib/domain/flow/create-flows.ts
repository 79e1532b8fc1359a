import { currentTraceId } from '@/lib/config/tracing';
import type { CreateFlowsBody, CreateFlowsResult } from '@/lib/contracts/flow';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { insertEntries } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { type Repeatable, requireSameRequest } from '@/lib/domain/idempotency';
import { traceMaking } from '@/lib/domain/monitoring/trace-making';
import { requireTargets, storeTargets } from '@/lib/domain/notification/event/targets';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import { requireRows } from '@/lib/domain/organization/limits/require-room';
import { publishChanges } from '@/lib/events/relay';
import { enqueueFlows, TREE_NODES } from './enqueue-flows';
import { type PlannedFlow, planFlows } from './plan-flows';
import { keyOf, writeFlows } from './write-flows';

/** At most this many new jobs are published one by one. */
const MAX_PUBLISHED = 200;

/**
 * Creates one or several trees of jobs: all rows or none. Leaves start at once; a parent starts when its children have
 * ended. The same idempotency key returns the same flows.
 * @param workflowJobId the job of the workflow that creates them, whose activity has them
 * @throws DomainError `invalid-request`, `unknown-job-type`, `invalid-data`, `limit-exceeded`, `idempotency-key-reused`
 */
export async function createFlows(
  context: Context,
  body: CreateFlowsBody,
  request: Repeatable = {},
  { workflowJobId = null }: { workflowJobId?: string | null } = {},
): Promise<{ outcome: 'created' | 'existing'; result: CreateFlowsResult }> {
  requirePermission(context, 'flow.launch');
  const from = Date.now();
  const trees = body.flows ?? (body.flow ? [body.flow] : []);
  if (trees.length === 0) throw new DomainError('invalid-request', 'Give flow or flows.');
  const flows = await planFlows(
    trees,
    trees.map((_, i) => (body.flows ? ['flows', String(i)] : ['flow'])),
  );
  await requireAllowedTypes(context, new Set(flows.flatMap((flow) => flow.types)));
  await requireTargets(context, body.notify);
  const correlationId = body.correlationId ?? currentTraceId();
  const owner = {
    organizationId: context.organizationId,
    createdBy: context.actor.name,
    correlationId,
    idempotencyKey: request.idempotencyKey,
    idempotencyHash: await request.requestHash?.(),
  };
  const nodes = flows.flatMap((f) => f.nodes);
  const asTree = nodes.length <= TREE_NODES;
  const written = await retrying(() =>
    transaction(async (tx) => {
      if (!(await writeFlows(tx.db, flows, owner, { asTree }))) return false;
      for (const { id } of body.notify ? flows : []) await storeTargets(tx.db, context, id, body.notify);
      await auditFlows(tx.db, context, flows, workflowJobId);
      await requireRows(tx.db, context);
      tx.afterCommit(async () => {
        for (const flow of flows) {
          const place = { correlationId: correlationId ?? flow.id, ownerId: flow.id };
          const attributes = { 'batchyard.flow.id': flow.id, 'batchyard.job.type': flow.type, jobs: flow.nodes.length };
          traceMaking('create flow', place, from, attributes);
        }
      });
      // The rows are the outbox: if this fails, the sweep delivers from them.
      tx.afterCommit(() => enqueueFlows(flows, { asTree, correlationId }));
      tx.afterCommit(() =>
        publishChanges({ created: nodes.slice(0, MAX_PUBLISHED).map((n) => n.id), flows: flows.map((f) => f.id) }),
      );
      return true;
    }),
  );
  if (!written) return { outcome: 'existing', result: await findByKey(context, request, trees.length) };
  return { outcome: 'created', result: { flowIds: flows.map((f) => f.id), jobIds: nodes.map((n) => n.id) } };
}

async function auditFlows(
  db: Queryable,
  context: Context,
  flows: readonly PlannedFlow[],
  workflowJobId: string | null,
): Promise<void> {
  const ids = flows.map((flow) => flow.id);
  const names = flows.map((flow) => flow.name);
  const target = sql`unnest(${ids}::text[], ${names}::text[]) as t (id, name)`;
  const after = {
    types: [...new Set(flows.map((flow) => flow.type))],
    jobs: flows.flatMap((flow) => flow.nodes).length,
  };
  const organization = sql`${context.organizationId}::text`;
  await db.query(
    insertEntries(context, 'flow.launch', 'flow', target, { after }, organization, sql`${workflowJobId}::text`),
  );
}

async function findByKey(context: Context, request: Repeatable, trees: number): Promise<CreateFlowsResult> {
  const key = must(request.idempotencyKey, 'The key of a repeated flow');
  const keys = Array.from({ length: Math.max(trees, 1000) }, (_, i) => keyOf(key, i));
  const { rows } = await pool().query<{ flow_id: string; job_id: string; place: number; hash: string | null }>(
    sql`select n.flow_id, n.job_id, n.place, f.idempotency_hash as hash from flow f join flow_node n on n.flow_id = f.id
     where f.organization_id = ${context.organizationId} and f.idempotency_key = any(${keys}::text[])
     order by array_position(${keys}::text[], f.idempotency_key), n.place`,
  );
  if (rows[0]) await requireSameRequest(rows[0].hash, request);
  return { flowIds: rows.filter((r) => r.place === 0).map((r) => r.flow_id), jobIds: rows.map((r) => r.job_id) };
}
