import type { BatchDto } from '@/lib/contracts/batch';
import { isId, transaction } from '@/lib/db';
import { audit } from '@/lib/domain/audit';
import { type Context, requireAdmin } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { publish, publishChanges } from '@/lib/events';
import { getBatch } from './get-batch';

/**
 * Holds a batch back: nothing more is handed to the queue, what was handed over (about a second of work) ends.
 * It keeps its slot. Pausing twice is pausing once. @throws `not-found`, `forbidden`, `already-finished`
 */
export const pauseBatch = (context: Context, batchId: string): Promise<BatchDto> => setPaused(context, batchId, true);

/** Lets a paused batch go on; resuming one that isn't paused changes nothing. */
export const resumeBatch = (context: Context, batchId: string): Promise<BatchDto> => setPaused(context, batchId, false);

async function setPaused(context: Context, batchId: string, paused: boolean): Promise<BatchDto> {
  const verb = paused ? 'pause' : 'resume';
  requireAdmin(context, `${verb} a batch`);
  if (!isId(batchId)) throw notFound('batch', batchId);
  await transaction(async (tx) => {
    const { rows } = await tx.sql.query<{ changed: boolean; finished: boolean }>(
      `update batch b set paused = $3 and b.finished_at is null
       from (select id, paused, finished_at from batch where id = $1 for update) old
       where b.id = old.id and b.organization_id = $2
       returning old.paused <> b.paused as changed, b.finished_at is not null as finished`,
      [batchId, context.organizationId, paused],
    );
    const row = rows[0];
    if (!row) throw notFound('batch', batchId);
    if (row.finished)
      throw new DomainError('already-finished', `This batch has finished; there is nothing to ${verb}.`);
    if (!row.changed) return;
    await audit(tx.sql, context, `batch.${verb}`, batchId);
    tx.afterCommit(() =>
      Promise.all([
        publishChanges({ batches: [batchId] }),
        paused ? undefined : publish('control', { dispatch: [batchId], startQueued: true }),
      ]),
    );
  });
  return getBatch(context, batchId);
}
