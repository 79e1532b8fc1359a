import { logger } from '@/lib/config/logger';
import { retryForever } from '@/lib/db/retry-forever';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { systemContext } from '@/lib/domain/context';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { type Claim, type ClaimRequest, claimJobs, findEarly } from '@/lib/domain/job/claim-jobs';
import { type Outcome, type Recorded, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { trackUpdates } from '@/lib/domain/monitoring/track';
import type { IpcBuffer, RecordedJob } from './ipc-buffer';

/** The row is not due yet. It may be claimed after this many milliseconds. */
export interface TooEarly {
  earlyMs: number;
}

/** Claims the row of one delivery: the claim, when to try again, or undefined if there is nothing to run. */
export type Claimer = (request: ClaimRequest) => Promise<Claim | TooEarly | undefined>;

/** Makes the claimer of a consumer. It waits until Postgres answers: without a claim nothing may run. */
export function createClaimer(consumerId: number, { quarantine }: { quarantine: boolean }): Claimer {
  const claims = new MicroBatch<ClaimRequest, Claim | TooEarly | undefined>(async (requests) => {
    const granted = await retryForever('Claiming rows', () => claimJobs({ consumerId, quarantine }, requests));
    const byId = new Map(granted.map((claim) => [claim.id, claim]));
    const refused = requests.filter((r) => !byId.has(r.id)).map((r) => r.id);
    const early =
      refused.length > 0
        ? await retryForever('Reading when rows are due', () => findEarly(refused, { quarantine }))
        : new Map<string, number>();
    return requests.map(({ id }) => {
      const claim = byId.get(id);
      // Two deliveries of one row may be in one micro-batch: only one of them runs it.
      if (claim) byId.delete(id);
      const earlyMs = early.get(id);
      return claim ?? (earlyMs === undefined ? undefined : { earlyMs });
    });
  });
  return (request) => claims.add(request);
}

export interface Recorder {
  /** Resolves when the outcome is durable: to the row's new status, or undefined if a newer attempt owns the row. */
  record(outcome: Outcome): Promise<RecordedJob['status'] | undefined>;
  /** Resolves when no outcome waits to be recorded. */
  drain(): Promise<void>;
}

/** Makes the recorder of a consumer. What changed is sent to the supervisor. */
export function createRecorder(ipc: IpcBuffer): Recorder {
  const records = new MicroBatch<Outcome, RecordedJob['status'] | undefined>(async (outcomes) => {
    const recorded = await retryForever('Recording outcomes', () => recordOutcomes(outcomes));
    publish(recorded, ipc);
    await advanceFlowsOf(outcomes, ipc);
    const byId = new Map(recorded.changed.map((c) => [c.id, c.status]));
    return outcomes.map((o) => byId.get(o.id));
  });
  return { record: (outcome) => records.add(outcome), drain: () => records.drain() };
}

function publish({ changed, batches }: Recorded, ipc: IpcBuffer): void {
  ipc.recorded(changed, batches);
  trackUpdates(changed, batches);
  for (const batch of batches.filter((b) => b.stop)) {
    // Each later record of the batch has the same counters, so a cancel that fails here is tried again.
    cancelBatch(systemContext(batch.organizationId), batch.id, { reason: 'stopped: too many items failed' }).catch(
      (error: unknown) =>
        logger.warn(
          { err: error, batchId: batch.id },
          'A batch with too many failed items could not be stopped. The next record of it tries again.',
        ),
    );
  }
}

/**
 * Starts or ends the jobs that waited for nodes of flows among these outcomes. It runs before the queue may remove the
 * deliveries, so a row is released no later than the queue releases its own parent.
 */
async function advanceFlowsOf(outcomes: Outcome[], ipc: IpcBuffer): Promise<void> {
  const nodes = outcomes.filter((o) => o.flowId);
  if (nodes.length === 0) return;
  const flowIds = [...new Set(nodes.flatMap((o) => o.flowId ?? []))];
  const { changes } = await retryForever('Advancing flows', () =>
    advanceFlows(
      nodes.map((o) => o.id),
      flowIds,
    ),
  );
  ipc.flowsAdvanced(changes, flowIds);
}

const MAX_SIZE = 500;
/** the longest wait for more inputs */
const MAX_WAIT_MS = 2;
/** micro-batches in flight at once */
const PARALLEL = 2;

/**
 * Collects inputs for a few milliseconds and processes them in one call: a hundred thousand rows a second instead of a
 * few thousand. Callers wait for their micro-batch, which is the backpressure.
 */
class MicroBatch<In, Out> {
  private waiting: { input: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  private running = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly process: (inputs: In[]) => Promise<Out[]>) {}

  /** Resolves to the output for this input, when its micro-batch is done. */
  add(input: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, resolve, reject });
      if (this.waiting.length >= MAX_SIZE) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), MAX_WAIT_MS);
    });
  }

  /** Resolves when nothing waits and nothing runs. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.running > 0) {
      this.flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.length > 0 && this.running < PARALLEL) void this.run(this.waiting.splice(0, MAX_SIZE));
  }

  private async run(batch: typeof this.waiting): Promise<void> {
    this.running += 1;
    try {
      const outputs = await this.process(batch.map((entry) => entry.input));
      batch.forEach((entry, i) => {
        entry.resolve(outputs[i] as Out);
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      this.running -= 1;
      if (this.waiting.length > 0) this.flush();
    }
  }
}
