import type { ConsumerMessage, JobChange } from '@/lib/contracts/ipc';
import type { JobProgress } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';

export interface Changed {
  id: string;
  batchId: string | null;
  flowId?: string | null;
  status: JobStatus;
}

/** Above this many in one gathering, changes of single jobs are a sample: batches say the rest. */
const MAX_CHANGES = 50;
const GATHER_MS = 10;

/** Gathers what a consumer has to say for some milliseconds, and sends it to its supervisor: one message of each kind. */
export class Outbox {
  private started: JobChange[] = [];
  private jobs: JobChange[] = [];
  private batches: Record<string, number> = {};
  private flows = new Set<string>();
  private done: string[] = [];
  private progress = new Map<string, { jobId: string; batchId: string | null; progress: JobProgress }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (message: ConsumerMessage) => void) {}

  jobStarted(jobId: string, batchId: string | null, flowId: string | null = null): void {
    if (this.started.length < MAX_CHANGES) this.started.push({ jobId, batchId, flowId, status: 'active' });
    this.later();
  }

  jobProgress(jobId: string, batchId: string | null, progress: JobProgress): void {
    this.progress.set(jobId, { jobId, batchId, progress });
    this.later();
  }

  recorded(changed: Changed[], batches: { id: string; changed: number; finished: boolean }[]): void {
    for (const { id, batchId, flowId, status } of changed) {
      // Single jobs are never sampled away: somebody waits for each.
      if ((batchId === null && !flowId) || this.jobs.length < MAX_CHANGES)
        this.jobs.push({ jobId: id, batchId, flowId, status });
    }
    for (const batch of batches) {
      this.batches[batch.id] = (this.batches[batch.id] ?? 0) + batch.changed;
      if (batch.finished) this.done.push(batch.id);
    }
    this.later();
  }

  /** What ends of nodes brought about in their flows. */
  advanced(changes: JobChange[], flowIds: string[]): void {
    for (const id of flowIds) this.flows.add(id);
    this.jobs.push(...changes.slice(0, MAX_CHANGES));
    this.later();
  }

  error(error: { batchId?: string; jobId?: string; message: string }): void {
    this.send({ type: 'error', ...error });
  }

  /** Sends at once what was gathered. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.started.length > 0) this.send({ type: 'started', jobs: this.started });
    if (this.progress.size > 0) this.send({ type: 'job-progress', updates: [...this.progress.values()] });
    if (this.jobs.length > 0 || this.flows.size > 0 || Object.keys(this.batches).length > 0) {
      this.send({ type: 'progress', batches: this.batches, flows: [...this.flows], jobs: this.jobs });
    }
    if (this.done.length > 0) this.send({ type: 'done', batchIds: this.done });
    this.started = [];
    this.jobs = [];
    this.batches = {};
    this.done = [];
    this.flows.clear();
    this.progress.clear();
  }

  private later(): void {
    this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }
}
