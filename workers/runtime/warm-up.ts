import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { NO_ROW } from '@/lib/queue/wake-workers';

/** Claims and records in flight at once. */
const CONNECTIONS = 4;
/** Until the code of a claim and a record is compiled. */
const ROUNDS = 20;

/**
 * Opens the connections of a consumer, prepares the statements of claim and record on each, and runs them for a row that
 * does not exist: the first jobs of a new process would otherwise wait for all of that, under full load.
 */
export async function warmUp(consumer: { consumerId: number; quarantine: boolean }): Promise<void> {
  const outcome = { id: NO_ROW, batchId: null, attempt: 1, kind: 'completed' as const, result: null };
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await claimJobs(consumer, [{ id: NO_ROW, redelivered: false }]);
        await recordOutcomes([outcome]);
      }
    }),
  );
}
