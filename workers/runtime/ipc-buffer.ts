import { FlushBuffer } from '@/lib/config/flush-buffer';
import type { ConsumerMessage, JobChange } from '@/lib/contracts/ipc';
import type { JobProgress } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';

/** A job whose status was recorded. */
export interface RecordedJob {
  id: string;
  batchId: string | null;
  flowId?: string | null;
  status: JobStatus;
}

/** Of more job changes than this in one message only a sample is sent: the counters of batches have the rest. */
const MAX_CHANGES = 50;
const FLUSH_MS = 10;

const noEvents = () => ({
  started: [] as JobChange[],
  jobs: [] as JobChange[],
  batches: {} as Record<string, number>,
  flows: new Set<string>(),
  done: [] as string[],
  progress: new Map<string, { jobId: string; batchId: string | null; progress: JobProgress }>(),
});

/** Coalesces the events of a consumer for some milliseconds and sends them to its supervisor: one message of each kind. */
export class IpcBuffer {
  private readonly buffer = new FlushBuffer(noEvents, FLUSH_MS, (events) => this.sendAll(events));

  constructor(private readonly send: (message: ConsumerMessage) => void) {}

  jobStarted(jobId: string, batchId: string | null, flowId: string | null = null): void {
    const { started } = this.buffer.open();
    if (started.length < MAX_CHANGES) started.push({ jobId, batchId, flowId, status: 'active' });
  }

  jobProgress(jobId: string, batchId: string | null, progress: JobProgress): void {
    this.buffer.open().progress.set(jobId, { jobId, batchId, progress });
  }

  recorded(changed: RecordedJob[], changedBatches: { id: string; changed: number; finished: boolean }[]): void {
    const { jobs, batches, done } = this.buffer.open();
    for (const { id, batchId, flowId, status } of changed) {
      // Single jobs are always sent: a client waits for each of them.
      if ((batchId === null && !flowId) || jobs.length < MAX_CHANGES) jobs.push({ jobId: id, batchId, flowId, status });
    }
    for (const batch of changedBatches) {
      batches[batch.id] = (batches[batch.id] ?? 0) + batch.changed;
      if (batch.finished) done.push(batch.id);
    }
  }

  /** Adds what the end of nodes changed in their flows. */
  flowsAdvanced(changes: JobChange[], flowIds: string[]): void {
    const { flows, jobs } = this.buffer.open();
    for (const id of flowIds) flows.add(id);
    jobs.push(...changes.slice(0, MAX_CHANGES));
  }

  /** Sends now what was collected. */
  flush(): Promise<void> {
    return this.buffer.flush();
  }

  private sendAll({ started, jobs, batches, flows, done, progress }: ReturnType<typeof noEvents>): void {
    if (started.length > 0) this.send({ type: 'started', jobs: started });
    if (progress.size > 0) this.send({ type: 'job-progress', updates: [...progress.values()] });
    if (jobs.length > 0 || flows.size > 0 || Object.keys(batches).length > 0) {
      this.send({ type: 'progress', batches, flows: [...flows], jobs });
    }
    if (done.length > 0) this.send({ type: 'done', batchIds: done });
  }
}
