import { FlushBuffer } from '@/lib/config/flush-buffer';
import { type Changes, type JobChange, noChanges } from '@/lib/contracts/events';
import type { ConsumerMessage, RecordedCounts } from '@/lib/contracts/ipc';
import type { JobProgress } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';
import { hintChanges } from '@/lib/events/relay';

/** A job whose status was recorded. */
export interface RecordedJob {
  id: string;
  batchId: string | null;
  flowId?: string | null;
  status: JobStatus;
}

/** Of more starts, or more outcomes, than this in one message only a sample is sent: counters of batches have the rest. */
const MAX_JOBS = 50;
const FLUSH_MS = 10;

const nothing = () => ({
  started: [] as JobChange[],
  jobs: [] as JobChange[],
  recorded: {} as Record<string, RecordedCounts>,
  flows: new Set<string>(),
  done: [] as string[],
  progress: new Map<string, Changes['progress'][number]>(),
});

/** Coalesces the changes of a consumer for some milliseconds and sends them to its supervisor in one message. */
export class IpcBuffer {
  private readonly buffer = new FlushBuffer(nothing, FLUSH_MS, (collected) => this.sendAll(collected));

  constructor(private readonly send: (message: ConsumerMessage) => void) {}

  jobStarted(jobId: string, batchId: string | null, flowId: string | null = null): void {
    const { started } = this.buffer.open();
    if (started.length < MAX_JOBS) started.push({ jobId, batchId, flowId, status: 'active' });
  }

  jobProgress(jobId: string, batchId: string | null, progress: JobProgress): void {
    this.buffer.open().progress.set(jobId, { jobId, batchId, progress });
  }

  /**
   * @param next rows that were taken in place of those that ended: they are not in the queue; and the batches of rows
   * that were prefetched before and started
   */
  recorded(
    changed: RecordedJob[],
    batches: { id: string; changed: number; finished: boolean }[],
    next: { taken: { batch_id: string; prefetched: boolean }[]; successors: string[] },
  ): void {
    const { jobs, recorded, done } = this.buffer.open();
    for (const { id, batchId, flowId, status } of changed) {
      // Single jobs are always sent: a client waits for each of them.
      const isSingle = batchId === null && !flowId;
      if (isSingle || jobs.length < MAX_JOBS) jobs.push({ jobId: id, batchId, flowId: flowId ?? null, status });
    }
    for (const batch of batches) {
      countsOf(recorded, batch.id).ended += batch.changed;
      if (batch.finished) done.push(batch.id);
    }
    for (const { batch_id: batchId, prefetched } of next.taken) {
      const counts = countsOf(recorded, batchId);
      counts.taken += 1;
      if (!prefetched) counts.started += 1;
    }
    for (const batchId of next.successors) countsOf(recorded, batchId).started += 1;
  }

  /** Adds what the end of nodes changed in their flows. */
  flowsAdvanced(changes: JobChange[], flowIds: string[]): void {
    const { flows, jobs } = this.buffer.open();
    for (const id of flowIds) flows.add(id);
    jobs.push(...changes.slice(0, MAX_JOBS));
  }

  /** Sends now what was collected. */
  flush(): Promise<void> {
    return this.buffer.flush();
  }

  private sendAll({ started, jobs, recorded, flows, done, progress }: ReturnType<typeof nothing>): void {
    if (started.length + jobs.length + done.length + flows.size + progress.size === 0) return;
    const changes: Changes = {
      ...noChanges(),
      jobs: [...started, ...jobs],
      batches: [...new Set([...Object.keys(recorded), ...started.flatMap((job) => job.batchId ?? [])])],
      flows: [...new Set([...flows, ...started.flatMap((job) => job.flowId ?? [])])],
      progress: [...progress.values()],
      done,
    };
    this.send({ type: 'changes', changes, recorded });
  }
}

function countsOf(recorded: Record<string, RecordedCounts>, batchId: string): RecordedCounts {
  recorded[batchId] ??= { ended: 0, taken: 0, started: 0 };
  return recorded[batchId];
}

const PUBLISH_MS = 50;
/** Of more job changes than this in one event only a sample is published. */
const MAX_PUBLISHED_JOBS = 200;

/** Coalesces the changes of all consumers and publishes them as one event, 20 a second at most. */
export class ChangesBuffer {
  private readonly buffer = new FlushBuffer(noChanges, PUBLISH_MS, publish);

  add({
    jobs = [],
    batches = [],
    flows = [],
    done = [],
    progress = [],
    errors = [],
    capacity,
  }: Partial<Changes>): void {
    const all = this.buffer.open();
    all.jobs.push(...jobs.slice(0, Math.max(0, MAX_PUBLISHED_JOBS - all.jobs.length)));
    all.batches.push(...batches);
    all.flows.push(...flows);
    all.done.push(...done);
    all.progress.push(...progress);
    all.errors.push(...errors);
    // The end of a batch releases its slot.
    all.capacity ||= capacity === true || done.length > 0;
  }

  /** Publishes now what was collected. Never throws. */
  flush(): Promise<void> {
    return this.buffer.flush();
  }
}

const publish = (changes: Changes): Promise<void> =>
  hintChanges({ ...changes, batches: [...new Set(changes.batches)], flows: [...new Set(changes.flows)] });
