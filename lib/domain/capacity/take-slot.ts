import { sql } from '@/lib/db/sql';
import type { Queryable, Transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { limitReached } from '@/lib/domain/organization/limits/limits-of';
import { publishChanges } from '@/lib/events/relay';
import { canStartNow, mayTakeSlot, mustYield, shareOf } from './fair-share';
import { readSlots } from './read-slots';
import { HOLDS_SLOT, listRunning, maxActiveBatches } from './slots';

/** The suggested wait after a refused start, in seconds: an estimate. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Takes a slot for an organization: a free one, or with `yielding` one that an organization above its share must yield.
 * The transaction must hold the slots' lock.
 * @returns why there is none
 */
export async function takeSlot(
  tx: Transaction,
  organizationId: string,
  { yielding }: { yielding: boolean },
): Promise<'taken' | 'full' | 'limit' | 'paused'> {
  const slots = await readSlots(tx.db);
  const own = shareOf(slots, organizationId);
  const may = mayTakeSlot(slots, own);
  if (may !== 'full') return may === 'yes' ? 'taken' : may;
  if (!yielding) return 'full';
  for (const { organizationId: other } of mustYield(slots, own)) if (await yieldSlot(tx, other)) return 'taken';
  return 'full';
}

/**
 * Frees a slot of an organization for another one: its least urgent batch waits for a slot again, in its place before
 * those that never ran. What runs of it completes, and nothing more of it starts. The transaction must hold the slots'
 * lock.
 * @param heldSeconds only a batch that has held its slot for this time
 * @returns false if none of its batches can yield now
 */
export async function yieldSlot(tx: Transaction, organizationId: string, heldSeconds = 0): Promise<boolean> {
  const { rows } = await tx.db.query<{ id: string }>(
    sql`select b.id from batch b join batch_dispatch d on d.batch_id = b.id
     where ${HOLDS_SLOT} and b.organization_id = ${organizationId} and b.cancel_mode is null
       and (b.slot_at is null or b.slot_at <= now() - make_interval(secs => ${heldSeconds}))
     order by b.priority, b.slot_at desc nulls first limit 1 for update of d, b skip locked`,
  );
  const id = rows[0]?.id;
  if (id === undefined) return false;
  await tx.db.query(sql`update batch set slot_freed = true, queued_at = now(), wakes_at = null where id = ${id}`);
  tx.afterCommit(() => publishChanges({ batches: [id], capacity: true }));
  return true;
}

/**
 * Refuses a start for which there is no slot now: an early check, so that a long upload is not read in vain. The check
 * under the lock decides.
 * @throws DomainError `capacity-reached`, `limit-reached`
 */
export async function requireSlot(db: Queryable, context: Context): Promise<void> {
  const slots = await readSlots(db);
  const own = shareOf(slots, context.organizationId);
  if (canStartNow(slots, own)) return;
  throw await noSlot(db, context, mayTakeSlot(slots, own) === 'limit' ? 'limit' : 'full');
}

/** Returns the error for a start without a slot (429). It names the running batches of the caller's organization only. */
export async function noSlot(db: Queryable, context: Context, why: 'full' | 'limit'): Promise<DomainError> {
  const all = await listRunning(db);
  const own = all.filter((b) => b.organization_id === context.organizationId);
  const runningBatches = own.map(({ id, name }) => ({ id, name }));
  if (why === 'limit') {
    return limitReached('runningBatches', own.length, {
      advice: 'Wait until one has finished, or launch with start: "queue".',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      extra: { runningBatches },
    });
  }
  const who =
    own.length > 0
      ? `${own.map((b) => b.name).join(', ')} ${own.length === 1 ? 'is' : 'are'} running`
      : 'all slots are in use';
  return new DomainError(
    'capacity-reached',
    `At capacity: ${who} (${all.length} of ${maxActiveBatches()} slots). Try again later, or launch with start: "queue".`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS, extra: { runningBatches, maxBatches: maxActiveBatches() } },
  );
}
