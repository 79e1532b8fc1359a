import { type ConsumerDto, MAX_ACTIVE_LISTED, type NodeDto } from '@/lib/contracts/worker';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, may, requirePermission } from '@/lib/domain/context';
import { NODE_LOST_SECONDS } from './live-nodes';
import type { ConsumerLoad } from './nodes';

interface NodeRow {
  id: number;
  host: string;
  pid: number;
  version: string;
  jobs_hash: string | null;
  own_types: Record<string, string>;
  load: ConsumerLoad[] | null;
  stopping: boolean;
  started_at: Date;
  last_seen_at: Date;
  drain_requested_at: Date | null;
  draining_at: Date | null;
}

interface ConsumerRow {
  id: number;
  node_id: number;
  pid: number | null;
  started_at: Date;
}

interface ActiveRow {
  consumer_id: number;
  /** null for a job of another organization */
  job_id: string | null;
  type: string;
  since_ms: number;
  total: number;
}

/**
 * Lists the live machines with their consumers, and what each runs now. Jobs of other organizations are counted, and
 * named only for system administrators. Bounded: it reads what is in flight, and a few jobs of each consumer.
 * @throws DomainError `forbidden`
 */
export async function listNodes(context: Context): Promise<NodeDto[]> {
  requirePermission(context, 'capacity.see');
  const { rows: nodes } = await pool().query<NodeRow>(
    sql`select id, host, pid, version, jobs_hash, own_types, load, stopping, started_at, last_seen_at, drain_requested_at, draining_at
     from node where version is not null and last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS})
       and (not stopping or processes > 0) order by host, id`,
  );
  const { rows: consumers } = await pool().query<ConsumerRow>(
    sql`select id, node_id, pid, started_at from consumer
     where node_id = any(${nodes.map(({ id }) => id)}::int[]) and ended_at is null order by id`,
  );
  const active = await readActive(
    context,
    consumers.map(({ id }) => id),
  );
  return nodes.map((node) =>
    toNodeDto(
      node,
      consumers
        .filter(({ node_id: nodeId }) => nodeId === node.id)
        .map((consumer) => toConsumerDto(consumer, node, active.get(consumer.id) ?? [])),
    ),
  );
}

async function readActive(context: Context, consumers: number[]): Promise<Map<number, ActiveRow[]>> {
  const byConsumer = new Map<number, ActiveRow[]>();
  if (consumers.length === 0) return byConsumer;
  const { rows } = await pool().query<ActiveRow>(
    sql`select consumer_id, case when shown then id end as job_id, type, since_ms, total from (
       select j.consumer_id, j.id, j.type, j.shown, greatest(0, extract(epoch from now() - j.started_at) * 1000)::float8 as since_ms,
         count(*) over (partition by j.consumer_id)::int as total,
         row_number() over (partition by j.consumer_id order by j.shown desc, j.started_at, j.id) as place
       from (select *, ${may(context, 'organization.see-all')}::bool or organization_id = ${context.organizationId} as shown
         from in_flight where status = 'active' and consumer_id = any(${consumers}::int[])) j) listed
     where place <= ${MAX_ACTIVE_LISTED} order by consumer_id, place`,
  );
  for (const row of rows) byConsumer.set(row.consumer_id, [...(byConsumer.get(row.consumer_id) ?? []), row]);
  return byConsumer;
}

function toConsumerDto({ id, pid, started_at: startedAt }: ConsumerRow, { load }: NodeRow, active: ActiveRow[]) {
  const { memoryBytes = 0, cpuPercent = 0 } = load?.find((each) => each.id === id) ?? {};
  return {
    id: String(id),
    pid,
    startedAt: startedAt.toISOString(),
    memoryBytes,
    cpuPercent,
    activeCount: active[0]?.total ?? 0,
    active: active.flatMap(({ job_id: jobId, type, since_ms: sinceMs }) => (jobId ? [{ jobId, type, sinceMs }] : [])),
  };
}

function toNodeDto(node: NodeRow, consumers: ConsumerDto[]): NodeDto {
  const { drain_requested_at: requested, draining_at: acknowledged } = node;
  const isDrained = acknowledged !== null && consumers.length === 0;
  return {
    id: String(node.id),
    host: node.host,
    pid: node.pid,
    version: node.version,
    jobsHash: node.jobs_hash,
    state: node.stopping ? 'stopping' : requested === null ? 'running' : isDrained ? 'drained' : 'draining',
    startedAt: node.started_at.toISOString(),
    lastSeenAt: node.last_seen_at.toISOString(),
    drainRequestedAt: requested?.toISOString() ?? null,
    drainingAt: acknowledged?.toISOString() ?? null,
    ownTypes: node.own_types,
    consumers,
  };
}
