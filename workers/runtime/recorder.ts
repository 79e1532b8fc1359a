import { logger } from '@/lib/config/logger';
import { retryForever } from '@/lib/db/retry-forever';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { systemContext } from '@/lib/domain/context';
import { type Outcome, type Recorded, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { trackUpdates } from '@/lib/domain/monitoring/track';
import { advance } from './flows';
import { DELIVERY_GROUPS, Group } from './group';
import type { Changed, Outbox } from './outbox';

export interface Recorder {
  /** Resolves once the outcome is durable; to what the row became, or undefined if a newer attempt owns it. */
  record(outcome: Outcome): Promise<Changed['status'] | undefined>;
  /** Resolves when nothing waits to be recorded. */
  drain(): Promise<void>;
}

/** Records outcomes in groups and tells the supervisor what changed. */
export function createRecorder(outbox: Outbox): Recorder {
  const group = new Group<Outcome, Changed['status'] | undefined>(async (outcomes) => {
    const recorded = await retryForever('Recording outcomes', () => recordOutcomes(outcomes));
    announce(recorded, outbox);
    await advance(outcomes, outbox);
    const byId = new Map(recorded.changed.map((c) => [c.id, c.status]));
    return outcomes.map((o) => byId.get(o.id));
  }, DELIVERY_GROUPS);
  return { record: (outcome) => group.add(outcome), drain: () => group.drain() };
}

function announce({ changed, batches }: Recorded, outbox: Outbox): void {
  outbox.recorded(changed, batches);
  trackUpdates(changed, batches);
  for (const batch of batches.filter((b) => b.stop)) {
    // The counters say it in every later record too, so a cancel that fails here is tried again.
    cancelBatch(systemContext(batch.organizationId), batch.id, { reason: 'stopped: too many items failed' }).catch(
      (error: unknown) => logger.warn({ err: error, batchId: batch.id }, 'stopping a failing batch'),
    );
  }
}
