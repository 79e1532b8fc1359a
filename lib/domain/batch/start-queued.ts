import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { hasFreeSlot, inTurn, mustYield, type Share, type Slots, takeTurns } from '@/lib/domain/capacity/fair-share';
import { readSlots, WAITS_FOR_SLOT } from '@/lib/domain/capacity/read-slots';
import { lockSlots } from '@/lib/domain/capacity/slots';
import { yieldSlot } from '@/lib/domain/capacity/take-slot';
import { assignSlot, freeIdleSlots, queueDueBatches } from './batch-slot';
import { openRun } from './start-batch';

/** Where organizations take turns, each keeps a slot for this time, in seconds. */
const TURN_SECONDS = 5;

/**
 * Frees the slots of idle batches, then assigns slots to queued batches, new and suspended ones. The organization with
 * the smallest part of the slots is next; of its batches the one with the highest priority, then the one that yielded
 * its slot, then the longest waiting. Without a free slot, an organization that holds more than its share yields one.
 * @returns the ids of the batches that got a slot
 */
export async function startQueued(): Promise<string[]> {
  await freeIdleSlots();
  return retrying(() =>
    transaction(async (tx) => {
      await lockSlots(tx.db);
      await queueDueBatches(tx.db);
      return assignSlots(tx);
    }),
  );
}

async function assignSlots(tx: Transaction): Promise<string[]> {
  const slots = await readSlots(tx.db);
  const queues = new Map<string, Candidate[]>();
  const given: string[] = [];
  for (;;) {
    const own = inTurn(slots)[0];
    if (!own) return given;
    const queue = queues.get(own.organizationId) ?? (await listCandidates(tx, own, slots.max));
    queues.set(own.organizationId, queue);
    const canStart = hasFreeSlot(slots, own) || (queue.length > 0 && (await makeRoom(tx, slots, own)));
    const next = canStart ? queue.shift() : undefined;
    if (next === undefined) {
      // Nothing of it can start in this round; the others get their turn.
      own.waits = false;
    } else if (next.fresh ? await begin(tx, next.id) : await assignSlot(tx, next.id)) {
      own.held += 1;
      given.push(next.id);
    }
  }
}

/** Lets another organization yield a slot to this one, if that is fair. */
async function makeRoom(tx: Transaction, slots: Slots, own: Share): Promise<boolean> {
  for (const other of mustYield(slots, own)) if (await frees(tx, other)) return true;
  if (own.waitedSeconds < TURN_SECONDS) return false;
  for (const other of takeTurns(slots, own)) if (await frees(tx, other, TURN_SECONDS)) return true;
  return false;
}

async function frees(tx: Transaction, other: Share, heldSeconds?: number): Promise<boolean> {
  const yielded = await yieldSlot(tx, other.organizationId, heldSeconds);
  if (yielded) other.held -= 1;
  return yielded;
}

interface Candidate {
  id: string;
  /** it never ran; else it suspended its run */
  fresh: boolean;
}

async function listCandidates(tx: Transaction, own: Share, max: number): Promise<Candidate[]> {
  const { rows } = await tx.db.query<Candidate>(
    sql`select b.id, b.status = 'pending' as fresh from batch b
     where b.organization_id = ${own.organizationId} and ${WAITS_FOR_SLOT}
     order by b.priority desc, b.slot_at is null, b.queued_at, b.id limit ${max}`,
  );
  return rows;
}

/** Checks the batch again under the lock of its row. A locked row is skipped: the next round follows within 1 s. */
async function begin(tx: Transaction, id: string): Promise<boolean> {
  const { rowCount } = await tx.db.query(
    sql`select 1 from batch where id = ${id} and status = 'pending' and queued_at is not null and cancel_mode is null
       and not paused for update skip locked`,
  );
  if (!rowCount) return false;
  await openRun(tx, id);
  return true;
}
