import { env } from '@/lib/config/env';
import { type FlowPolicy, MAX_FLOW_LEVELS } from '@/lib/contracts/flow';
import { type Backoff, backoffSchema, MAX_ATTEMPTS } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { cleanLine } from '@/lib/contracts/text';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { typeDefaults } from '@/lib/domain/defaults';
import type { PlannedFlow, PlannedNode } from '@/lib/domain/flow/plan-flows';
import { writeFlows } from '@/lib/domain/flow/write-flows';
import { hasSearchable, indexJobs } from '@/lib/domain/query/search-keys';
import { hintChanges } from '@/lib/events/relay';
import { definitionOf } from '@/lib/job-types/catalogue';
import type { ExternalJob, ExternalJobKey } from './external-job';

/** Finds the row of an external job. @returns its id, or undefined if the job was not adopted */
export async function findAdopted(job: ExternalJobKey): Promise<string | undefined> {
  const { rows } = await pool().query<{ job_id: string }>(
    sql`select job_id from adopted where queue = ${job.queue} and queue_job_id = ${job.id} and added_at = ${job.addedAt}`,
  );
  return rows[0]?.job_id;
}

/**
 * Creates rows for a tree of external jobs. The data is stored unchanged; `checkAdopted` validates it before the first
 * attempt.
 * @param tree the root first, parents before their children
 * @returns false if another consumer has adopted a part of it
 */
export async function adoptTree(tree: ExternalJob[]): Promise<boolean> {
  const organizationId = await adoptingOrganization();
  const nodes = planNodes(tree);
  const adopted = await retrying(() =>
    transaction(async ({ db }) => {
      const { rowCount } = await db.query(
        sql`insert into adopted (queue, queue_job_id, added_at, job_id, outside_children)
         select * from unnest(${tree.map((j) => j.queue)}::text[], ${tree.map((j) => j.id)}::text[], ${tree.map((j) => j.addedAt)}::bigint[], ${nodes.map((n) => n.id)}::uuid[], ${tree.map((j) => j.outside)}::bool[]) on conflict do nothing`,
      );
      if (rowCount !== tree.length) throw new AlreadyAdoptedError();
      const owner = { organizationId, createdBy: 'BullMQ', correlationId: undefined, idempotencyKey: undefined };
      const [first] = nodes as [PlannedNode];
      if (nodes.length > 1) await writeFlows(db, [flowOf(nodes)], owner, { asTree: true });
      else {
        await db.query(
          sql`insert into job (id, organization_id, type, status, name, data, priority, max_attempts, backoff, correlation_id, created_by)
           values (${first.id}::uuid, ${organizationId}, ${first.type}, 'pending', ${first.name}, ${stringifyJson(first.data)}, ${first.priority}, ${first.maxAttempts}, ${stringifyJson(first.backoff)}, ${first.id}::text, ${owner.createdBy})`,
        );
        if (hasSearchable([first.type])) await indexJobs(db, sql`j.id = ${first.id}::uuid`);
      }
      return true;
    }),
  ).catch((error: unknown) => {
    if (error instanceof AlreadyAdoptedError) return false;
    throw error;
  });
  const flows = nodes.length > 1 ? nodes.slice(0, 1).map((n) => n.id) : [];
  if (adopted) await hintChanges({ created: nodes.slice(0, MAX_PUBLISHED).map((n) => n.id), flows });
  return adopted;
}

/** Another consumer adopted a part of the tree. The transaction is rolled back. */
class AlreadyAdoptedError extends Error {}

/** At most this many jobs of a tree are published one by one. */
const MAX_PUBLISHED = 200;

/** External clients know no organizations: ADOPT_ORGANIZATION names one, else the oldest one adopts their jobs. */
async function adoptingOrganization(): Promise<string> {
  const { ADOPT_ORGANIZATION: wanted } = env();
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from organization where ${wanted ?? null}::text is null or id = ${wanted ?? null} or slug = ${wanted ?? null} order by created_at, id limit 1`,
  );
  if (!rows[0]) throw new Error(wanted ? `ADOPT_ORGANIZATION names no organization: ${wanted}` : 'no organization yet');
  return rows[0].id;
}

function planNodes(tree: ExternalJob[]): PlannedNode[] {
  const nodes: PlannedNode[] = [];
  for (const job of tree) {
    const parent = job.parent === null ? undefined : nodes[job.parent];
    const siblings = parent?.childCount ?? 0;
    if (parent) parent.childCount += 1;
    nodes.push({
      id: newId(),
      parentId: parent?.id ?? null,
      depth: parent ? Math.min(parent.depth + 1, MAX_FLOW_LEVELS) : 0,
      childIndex: siblings,
      childCount: 0,
      name: (cleanLine(job.name.replaceAll('\u0000', '\uFFFD')) || definitionOf(job.queue).title).slice(0, 200),
      type: job.queue,
      data: job.data ?? null,
      priority: priorityOf(job),
      maxAttempts: Math.min(Math.max(job.opts.attempts ?? 1, 1), MAX_ATTEMPTS),
      backoff: backoffOf(job),
      delayMs: 0,
      policy: policyOf(job),
    });
  }
  return nodes;
}

const flowOf = (nodes: PlannedNode[], root = must(nodes[0], 'The root of an external flow')): PlannedFlow => ({
  id: root.id,
  name: root.name,
  type: root.type,
  levels: 1 + Math.max(...new Set(nodes.map((n) => n.depth))),
  types: [...new Set(nodes.map((n) => n.type))].sort(),
  nodes,
});

function backoffOf({ queue, opts }: ExternalJob): Backoff {
  const given = typeof opts.backoff === 'number' ? { type: 'fixed', delay: opts.backoff } : opts.backoff;
  const parsed = backoffSchema.safeParse({ type: given?.type, delay: given?.delay ?? 0 });
  return parsed.success ? parsed.data : typeDefaults(queue).backoff;
}

/** BullMQ's highest priority is 1, ours is 1000. Without one it is 0, as for our own jobs. */
const priorityOf = ({ opts }: ExternalJob): number => (opts.priority ? Math.max(0, 1001 - opts.priority) : 0);

/** Maps BullMQ's options to our failure policies. Without one BullMQ would let the parent wait forever, so it fails. */
function policyOf({ opts }: ExternalJob): FlowPolicy {
  if (opts.ignoreDependencyOnFailure) return 'ignore';
  if (opts.continueParentOnFailure) return 'continue-parent';
  return opts.removeDependencyOnFailure ? 'remove' : 'fail-parent';
}
