import { logger } from '@/lib/config/logger';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { DomainError } from '@/lib/domain/errors';
import type { ClaimedDelivery } from './claim-deliveries';
import { recordTry } from './record-try';
import { sendOnce } from './send';

/**
 * Runs a claimed try and records it. If it can't be recorded, the lease ends and another try follows with the same id.
 * @param signal ends it early; the delivery is due again at once
 */
export async function deliver(delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  try {
    await recordTry(delivery, await sendOnce(delivery, signal), performance.now() - started);
  } catch (error) {
    if (signal.aborted) return giveBack(delivery);
    const { id, kind } = delivery;
    logger.warn({ err: error, deliveryId: id, kind }, 'A message was not sent or not recorded. It is tried again.');
    // Such as a missing key: nothing about the receiver, so the error is not shown.
    const text = error instanceof DomainError ? error.message : 'An error of this installation; its log says which.';
    const outcome = { delivered: false, status: null, answer: null, error: text } as const;
    await recordTry(
      delivery,
      { ...outcome, final: false, gone: false, retryAfterSeconds: null },
      performance.now() - started,
    );
  }
}

const giveBack = async ({ id, attempt }: ClaimedDelivery): Promise<void> => {
  await pool().query(
    sql`update notification_delivery set next_at = now(), sending = false
     where id = ${id}::uuid and attempt = ${attempt}::int and status = 'pending'`,
  );
};
