import type { NodeDto } from '@/lib/contracts/worker';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { publishChanges } from '@/lib/events/relay';
import { listNodes } from './list-nodes';
import { NODE_LOST_SECONDS } from './live-nodes';

/**
 * Asks a machine to take no more work, or to take work again. Its supervisor reads that with its next heartbeat: its
 * consumers end what they run, give back what they prefetched, and exit. A restart of the machine takes work again.
 * Idempotent.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function drainNode(
  context: Context,
  id: string,
  { draining }: { draining: boolean },
): Promise<{ node: NodeDto }> {
  requirePermission(context, 'worker.drain', draining ? 'drain a machine' : 'let a machine take work again');
  if (!/^\d{1,9}$/.test(id)) throw notFound('worker', id);
  await transaction(async (tx) => {
    const { rows } = await tx.db.query<{ host: string; was: boolean }>(
      sql`update node n set drain_requested_at = case when ${draining}::bool then coalesce(n.drain_requested_at, now()) end
       from (select id, drain_requested_at is not null as was from node where id = ${Number(id)}::int and version is not null
         and not stopping and last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS}) for update) old
       where n.id = old.id returning n.host, old.was`,
    );
    const node = rows[0];
    if (!node) throw notFound('worker', id);
    if (node.was === draining) return;
    await audit(tx.db, context, draining ? 'worker.drain' : 'worker.resume', { kind: 'worker', id, name: node.host });
    tx.afterCommit(() => publishChanges({ capacity: true }));
  });
  const node = (await listNodes(context)).find((each) => each.id === id);
  if (!node) throw notFound('worker', id);
  return { node };
}
