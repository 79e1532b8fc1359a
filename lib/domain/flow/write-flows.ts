import { stringifyJson } from '@/lib/contracts/json';
import type { Sql } from '@/lib/db/transaction';
import { FileFields, useFiles } from '@/lib/domain/file/use-files';
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

/** What the trees of one request after the first are filed under; no header can contain the separator. */
export const keyOf = (key: string, index: number): string => (index === 0 ? key : `${key}\n${index}`);

/**
 * Writes trees as rows: leaves that may start, parents that wait.
 * @param asTree whether the queue gets each as a tree, and so releases parents by itself
 * @returns false, and nothing is written, if the idempotency key is taken
 */
export async function writeFlows(sql: Sql, flows: PlannedFlow[], owner: FlowOwner, asTree: boolean): Promise<boolean> {
  for (const [i, flow] of flows.entries()) {
    const { rowCount } = await sql.query(
      `insert into flow (id, organization_id, name, type, total, levels, types, as_tree, correlation_id,
         idempotency_key, created_by, idempotency_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
      [
        flow.id,
        owner.organizationId,
        flow.name,
        flow.type,
        flow.nodes.length,
        flow.levels,
        flow.types,
        asTree,
        owner.correlationId ?? flow.id,
        owner.idempotencyKey === undefined ? null : keyOf(owner.idempotencyKey, i),
        owner.createdBy,
        owner.idempotencyHash ?? null,
      ],
    );
    if (rowCount === 0) return false;
    let at = 0;
    for (const { nodes, data } of chunksOf(flow.nodes)) {
      await writeNodes(sql, flow, nodes, data, at, owner);
      at += nodes.length;
    }
  }
  return true;
}

/** Nodes with their data as JSON, no more at once than one statement takes. */
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
  sql: Sql,
  flow: PlannedFlow,
  nodes: PlannedNode[],
  data: string[],
  first: number,
  owner: FlowOwner,
) {
  const column = <K extends keyof PlannedNode>(key: K) => nodes.map((n) => n[key]);
  const common = [flow.id, owner.organizationId, owner.correlationId ?? flow.id, owner.createdBy];
  await sql.query(
    `insert into job (id, organization_id, type, status, flow_id, parent_job_id, name, data, priority, max_attempts,
       backoff, run_at, correlation_id, created_by)
     select n.id, $2, n.type,
       case when n.children > 0 then 'waiting-children' when n.delay_ms > 0 then 'delayed' else 'pending' end,
       $1::uuid, n.parent_id, n.name, n.data::json, n.priority, n.max_attempts, n.backoff::json,
       case when n.children = 0 and n.delay_ms > 0 then clock_timestamp() + make_interval(secs => n.delay_ms / 1000) end,
       $3, $4
     from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::smallint[], $11::int[], $12::text[],
       $13::int[], $14::float8[])
       as n(id, parent_id, type, name, data, priority, max_attempts, backoff, children, delay_ms)`,
    [
      ...common,
      column('id'),
      column('parentId'),
      column('type'),
      column('name'),
      data,
      column('priority'),
      column('maxAttempts'),
      nodes.map((n) => stringifyJson(n.backoff)),
      column('childCount'),
      column('delayMs'),
    ],
  );
  const files = new FileFields();
  for (const node of nodes) files.note(node.data);
  await useFiles(sql, owner.organizationId, null, files, 'j.id = any($4::uuid[])', [column('id')]);
  await sql.query(
    `insert into flow_node (job_id, flow_id, place, depth, child_index, child_count, policy, delay_ms)
     select n.id, $1::uuid, $2::int + n.ordinality - 1, n.depth, n.child_index, n.child_count, n.policy, n.delay_ms
     from unnest($3::uuid[], $4::int[], $5::int[], $6::int[], $7::text[], $8::bigint[])
       with ordinality as n(id, depth, child_index, child_count, policy, delay_ms)`,
    [
      flow.id,
      first,
      column('id'),
      column('depth'),
      column('childIndex'),
      column('childCount'),
      column('policy'),
      column('delayMs'),
    ],
  );
}
