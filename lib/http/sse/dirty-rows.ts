import type { Changes } from '@/lib/contracts/events';

/** Maximum changes per kind between two reads. More are dropped: the counters include them, and the poll reads them. */
const MAX = { jobs: 2_000, progress: 2_000, errors: 200 };

type ProgressChange = Changes['progress'][number];
type ErrorChange = Changes['errors'][number];

/** Collects the rows to read again from the messages of other processes. */
export class DirtyRows {
  /** batches to read for their counters */
  batches = new Set<string>();
  /** batches that changed since jobs were last read */
  touched = new Set<string>();
  /** job id → id of its batch or flow */
  jobs = new Map<string, string | null>();
  created = new Set<string>();
  progress: ProgressChange[] = [];
  errors: ErrorChange[] = [];
  /** flows to read for their counts */
  flows = new Set<string>();
  capacity = false;

  add(message: Changes): void {
    for (const id of [...message.batches, ...message.started, ...message.done]) {
      this.batches.add(id);
      this.touched.add(id);
    }
    for (const id of message.flows) this.flows.add(id);
    for (const { jobId, batchId, flowId } of message.jobs) {
      if (flowId) this.flows.add(flowId);
      if (this.jobs.size < MAX.jobs || this.jobs.has(jobId)) this.jobs.set(jobId, batchId ?? flowId ?? null);
      if (batchId) this.touched.add(batchId);
    }
    for (const id of message.created) {
      if (this.jobs.size >= MAX.jobs) break;
      this.created.add(id);
      if (!this.jobs.has(id)) this.jobs.set(id, null);
    }
    if (this.progress.length < MAX.progress) this.progress.push(...message.progress);
    if (this.errors.length < MAX.errors) this.errors.push(...message.errors);
    this.capacity ||= message.capacity;
  }

  takeBatches(): string[] {
    const ids = [...this.batches];
    this.batches = new Set();
    return ids;
  }

  takeFlows(): string[] {
    const ids = [...this.flows];
    this.flows = new Set();
    return ids;
  }

  takeJobs() {
    const { touched, jobs, created, progress, errors } = this;
    this.touched = new Set();
    this.jobs = new Map();
    this.created = new Set();
    this.progress = [];
    this.errors = [];
    return { touched, jobs, created, progress, errors };
  }

  takeCapacity(): boolean {
    const dirty = this.capacity;
    this.capacity = false;
    return dirty;
  }
}
