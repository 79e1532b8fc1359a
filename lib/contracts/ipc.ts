import type { JobProgress } from './job';
import type { JobStatus } from './status';

/** A job's change, small enough to travel in groups. */
export interface JobChange {
  jobId: string;
  batchId: string | null;
  /** of a node of a flow */
  flowId?: string | null | undefined;
  status: JobStatus;
}

/** Consumer → supervisor. Gathered over a few milliseconds; never one message per row. */
export type ConsumerMessage =
  | { type: 'ready'; consumerId: number }
  /** jobs that began to run */
  | { type: 'started'; jobs: JobChange[] }
  /** outcomes recorded: how many rows of each batch changed, which flows moved, and which jobs (sampled when many) */
  | { type: 'progress'; batches: Record<string, number>; flows?: string[]; jobs: JobChange[] }
  | { type: 'job-progress'; updates: { jobId: string; batchId: string | null; progress: JobProgress }[] }
  /** batches that this record finished */
  | { type: 'done'; batchIds: string[] }
  | { type: 'error'; batchId?: string | undefined; jobId?: string | undefined; message: string }
  | { type: 'load'; active: number };

/** Running jobs to abort: these, and every one of these batches. `force`: cancelled even if they don't listen. */
export interface AbortRequest {
  jobIds: string[];
  batchIds: string[];
  force: boolean;
}

/** Supervisor → consumer. */
export type SupervisorMessage = { type: 'shutdown' } | ({ type: 'abort' } & AbortRequest);
