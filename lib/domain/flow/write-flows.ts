import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { FileFields, useFiles } from '@/lib/domain/file/use-files';
import { hasSearchable, indexJobs } from '@/lib/domain/query/search-keys';
import type { PlannedFlow, PlannedNode } from './plan-flows';

export interface FlowOwner {
  organizationId: string;
  createdBy: string;
  correlationId: string | undefined;
  idempotencyKey: string | undefined;
  idempotencyHash?: string | undefined;
}

/** Rows of one statement. */
const CHUNK = { rows: 2000, characters: 1024 ** 2 };

/** Returns the idempotency key of one tree of a request. No header can contain the separator. */
export const keyOf = (key: string, index: number): string => (index === 0 ? key : `${key}\n${index}`);

/**
 * Writes the rows of trees: leaves may start, parents wait.
 * @param options `asTree`: the queue gets each flow as a tree and releases parents by itself
 * @returns false, and nothing is written, if the idempotency key is taken
 */
export async function writeFlows(
  db: Queryable,
  flows: PlannedFlow[],
  owner: FlowOwner,
  { asTree }: { asTree: boolean },
): Promise<boolean> {
  for (const [i, flow] of flows.entries()) {
    const { rowCount } = await db.query(
      sql`insert into flow (id, organization_id, name, type, total, levels, types, as_tree, correlation_id,
         idempotency_key, created_by, idempotency_hash)
       values (${flow.id}, ${owner.organizationId}, ${flow.name}, ${flow.type}, ${flow.nodes.length}, ${flow.levels}, ${flow.types}, ${asTree}, ${owner.correlationId ?? flow.id}, ${owner.idempotencyKey === undefined ? null : keyOf(owner.idempotencyKey, i)}, ${owner.createdBy}, ${owner.idempotencyHash ?? null}) on conflict do nothing`,
    );
    if (rowCount === 0) return false;
    let at = 0;
    for (const { nodes, data } of chunksOf(flow.nodes)) {
      await writeNodes(db, flow, nodes, data, at, owner);
      at += nodes.length;
    }
  }
  return true;
}

/** Splits nodes, with their data as JSON, into chunks that fit into one statement. */
function* chunksOf(all: PlannedNode[]): Generator<{ nodes: PlannedNode[]; data: string[] }> {
  let nodes: PlannedNode[] = [];
  let data: string[] = [];
  let size = 0;
  for (const node of all) {
    const text = stringifyJson(node.data ?? null);
    if (nodes.length >= CHUNK.rows || (nodes.length > 0 && size + text.length > CHUNK.characters)) {
      yield { nodes, data };
      [nodes, data, size] = [[], [], 0];
    }
    nodes.push(node);
    data.push(text);
    size += text.length;
  }
  if (nodes.length > 0) yield { nodes, data };
}

async function writeNodes(
  db: Queryable,
  flow: PlannedFlow,
  nodes: PlannedNode[],
  data: string[],
  first: number,
  owner: FlowOwner,
) {
  const column = <K extends keyof PlannedNode>(key: K) => nodes.map((n) => n[key]);
  const backoffs = nodes.map((n) => stringifyJson(n.backoff));
  await db.query(
    sql`insert into job (id, organization_id, type, status, flow_id, parent_job_id, name, data, priority, max_attempts,
       backoff, run_at, correlation_id, created_by)
     select n.id, ${owner.organizationId}, n.type,
       case when n.children > 0 then 'waiting-children' when n.delay_ms > 0 then 'delayed' else 'pending' end,
       ${flow.id}::uuid, n.parent_id, n.name, n.data::json, n.priority, n.max_attempts, n.backoff::json,
       case when n.children = 0 and n.delay_ms > 0 then clock_timestamp() + make_interval(secs => n.delay_ms / 1000) end,
       ${owner.correlationId ?? flow.id}, ${owner.createdBy}
     from unnest(${column('id')}::uuid[], ${column('parentId')}::uuid[], ${column('type')}::text[], ${column('name')}::text[],
       ${data}::text[], ${column('priority')}::smallint[], ${column('maxAttempts')}::int[], ${backoffs}::text[],
       ${column('childCount')}::int[], ${column('delayMs')}::float8[])
       as n(id, parent_id, type, name, data, priority, max_attempts, backoff, children, delay_ms)`,
  );
  if (hasSearchable(column('type'))) await indexJobs(db, sql`j.id = any(${column('id')}::uuid[])`);
  const files = new FileFields();
  for (const node of nodes) files.note(node.data);
  await useFiles(db, owner.organizationId, null, files, sql`j.id = any(${column('id')}::uuid[])`);
  await db.query(
    sql`insert into flow_node (job_id, flow_id, place, depth, child_index, child_count, policy, delay_ms)
     select n.id, ${flow.id}::uuid, ${first}::int + n.ordinality - 1, n.depth, n.child_index, n.child_count, n.policy, n.delay_ms
     from unnest(${column('id')}::uuid[], ${column('depth')}::int[], ${column('childIndex')}::int[], ${column('childCount')}::int[], ${column('policy')}::text[], ${column('delayMs')}::bigint[])
       with ordinality as n(id, depth, child_index, child_count, policy, delay_ms)`,
  );
}
