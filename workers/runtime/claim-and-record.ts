import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@/lib/config/logger';
import { retryForever } from '@/lib/db/retry-forever';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { pauseSpent } from '@/lib/domain/batch/pause-batch';
import { STOPPED } from '@/lib/domain/batch/settle';
import { systemContext } from '@/lib/domain/context';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { type Claim, type ClaimRequest, claimJobs, findEarly } from '@/lib/domain/job/claim-jobs';
import {
  type Outcome,
  type Recorded,
  recordAndTake,
  type Taken,
  type TakenRow,
} from '@/lib/domain/job/record-outcomes';
import type { TakeRequest } from '@/lib/domain/job/take-next';
import { trackUpdates } from '@/lib/domain/monitoring/track';
import type { JobType } from '@/lib/job-types/catalogue';
import type { IpcBuffer, RecordedJob } from './ipc-buffer';
import type { Prefetcher } from './prefetcher';

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

/** A recorded outcome. */
export interface RecordedOutcome {
  /** the row's new status, or undefined if a newer attempt owns the row */
  status: RecordedJob['status'] | undefined;
  /** the next row of the batch, claimed for this consumer */
  next?: TakenRow | undefined;
  /** the start of the successor was not accepted: its attempt is stale */
  refused?: boolean;
}

export interface Recorder {
  /**
   * Resolves when the outcome is durable.
   * @param next the type of the row, if its slot goes on with rows of the same type and batch
   * @param successor the prefetched row that started in its place: no other one is taken for the slot
   */
  record(outcome: Outcome, next?: JobType, successor?: Started): Promise<RecordedOutcome>;
  /** Resolves when no outcome waits to be recorded. */
  drain(): Promise<void>;
}

/** A prefetched row that started. */
export interface Started {
  row: TakenRow;
  /** by `performance.now()` */
  at: number;
}

/** An outcome, a request for the next row of a batch, or both. */
interface Entry {
  outcome?: Outcome;
  /** `wanted` is 0 where the slot runs a prefetched row already */
  request?: { batchId: string; type: JobType; wanted: number };
  successor?: Started;
}

interface Answer extends RecordedOutcome {
  /** the dispatch row of the batch was locked */
  busy: boolean;
}

/** How long a free slot asks again while another transaction holds the dispatch row. Then the dispatcher fills it. */
const BUSY_MS = [2, 4, 8, 16, 32];

/** Makes the recorder of a consumer. What changed is sent to the supervisor. */
export function createRecorder(consumerId: number, ipc: IpcBuffer, prefetcher?: Prefetcher): Recorder {
  const records = new MicroBatch<Entry, Answer>(async (entries) => {
    const sentAt = performance.now();
    const outcomes = entries.flatMap((e) => (e.outcome ? withSuccessor(e.outcome, e.successor, sentAt) : []));
    const requests = sumRequests(entries);
    for (const request of requests) request.ahead = prefetcher?.ask(request.batchId, request.type) ?? 0;
    let prefetched: TakenRow[] = [];
    let recorded: Recorded & Taken;
    try {
      recorded = await retryForever('Recording outcomes', () => recordAndTake({ consumerId, outcomes, requests }));
      prefetched = recorded.taken.filter((row) => row.prefetched);
    } finally {
      for (const { batchId, type, ahead } of requests) {
        const own = prefetched.filter((row) => row.batch_id === batchId && row.type === type);
        if (ahead) prefetcher?.received(batchId, type, ahead, own, sentAt);
      }
    }
    publish(recorded, outcomes, ipc);
    await advanceFlowsOf(outcomes, ipc);
    const statuses = new Map(recorded.changed.map((c) => [c.id, c.status]));
    const taken = new Map<string, TakenRow[]>();
    for (const row of recorded.taken) {
      if (row.prefetched) continue;
      const key = keyOf(row.batch_id, row.type);
      const rows = taken.get(key);
      if (rows) rows.push(row);
      else taken.set(key, [row]);
    }
    const busy = new Set(recorded.busy);
    const refused = new Set(recorded.refused);
    return entries.map(({ outcome, request, successor }) => ({
      status: outcome && statuses.get(outcome.id),
      next: request?.wanted ? taken.get(keyOf(request.batchId, request.type))?.pop() : undefined,
      busy: request !== undefined && busy.has(request.batchId),
      refused: successor !== undefined && refused.has(successor.row.id),
    }));
  });
  return {
    async record(outcome, type, successor) {
      const wanted = successor ? 0 : 1;
      const request = type && outcome.batchId && ends(outcome) ? { batchId: outcome.batchId, type, wanted } : undefined;
      const answer = await records.add({ outcome, ...(request && { request }), ...(successor && { successor }) });
      if (!request?.wanted || !answer.busy) return answer;
      for (const waitMs of BUSY_MS) {
        await sleep(waitMs);
        const { next, busy } = await records.add({ request });
        if (!busy) return { ...answer, next };
      }
      return answer;
    },
    drain: () => records.drain(),
  };
}

const keyOf = (batchId: string, type: JobType): string => `${batchId}|${type}`;

/** Whether the attempt was the last one of its row: then another row may start in its place. */
export const ends = ({ kind }: Outcome): boolean => kind !== 'retry' && kind !== 'defer';

const withSuccessor = (outcome: Outcome, successor: Started | undefined, now: number): Outcome =>
  successor
    ? {
        ...outcome,
        successor: { id: successor.row.id, attempt: successor.row.attempt, startedMsAgo: now - successor.at },
      }
    : outcome;

/** Adds up the requests for rows of the same batch and type. */
function sumRequests(entries: Entry[]): TakeRequest[] {
  const sums = new Map<string, TakeRequest>();
  for (const { request } of entries) {
    if (!request) continue;
    const key = keyOf(request.batchId, request.type);
    const sum = sums.get(key);
    if (sum) sum.wanted += request.wanted;
    else sums.set(key, { ...request });
  }
  return [...sums.values()];
}

function publish({ changed, batches, taken }: Recorded & Taken, outcomes: Outcome[], ipc: IpcBuffer): void {
  const successors = outcomes.flatMap(({ batchId, successor }) => (batchId && successor ? batchId : []));
  ipc.recorded(changed, batches, { taken, successors });
  trackUpdates(changed, batches);
  for (const { id: batchId, organizationId } of batches.filter((b) => b.spent)) {
    pauseSpent(organizationId, batchId).catch((err: unknown) =>
      logger.warn(
        { err, batchId },
        'A batch whose budget is spent could not be paused. The next record of it tries again.',
      ),
    );
  }
  for (const batch of batches.filter((b) => b.stop)) {
    // Each later record of the batch has the same counters, so a cancel that fails here is tried again.
    cancelBatch(systemContext(batch.organizationId), batch.id, { reason: STOPPED }).catch((error: unknown) =>
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

/** the most inputs of one micro-batch */
const MAX_SIZE = 500;
/** micro-batches in flight at once */
const PARALLEL = 2;

/**
 * Group commit: collects inputs and processes them in one call, a hundred thousand rows a second instead of a few
 * thousand. An input that finds nothing in flight is processed at once; while a call is in flight, others are collected.
 * Callers wait for their micro-batch, which is the backpressure.
 */
export class MicroBatch<In, Out> {
  private waiting: { input: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  private running = 0;
  private scheduled = false;

  constructor(private readonly process: (inputs: In[]) => Promise<Out[]>) {}

  /** Resolves to the output for this input, when its micro-batch is done. */
  add(input: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, resolve, reject });
      if (this.waiting.length >= MAX_SIZE) this.flush();
      else this.schedule();
    });
  }

  /** Resolves when nothing waits and nothing runs. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.running > 0) {
      this.flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Flushes after the present round of the event loop, because inputs often come together. */
  private schedule(): void {
    if (this.scheduled || this.running >= PARALLEL) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
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
      if (this.waiting.length > 0) this.schedule();
    }
  }
}
