import type { Changes } from './events';

/** Recorded outcomes of a batch, and rows that the consumer took in the same statements. */
export interface RecordedCounts {
  ended: number;
  /** rows that wait no more */
  taken: number;
  /** taken rows that started, now or after they were prefetched */
  started: number;
}

/** Consumer → supervisor. */
export type ConsumerMessage =
  | { type: 'ready'; consumerId: number }
  /** coalesced over some milliseconds, never one message per row. `recorded` is by batch */
  | { type: 'changes'; changes: Changes; recorded: Record<string, RecordedCounts> }
  /** once a second; the processor's time is of one processor, since the last one */
  | { type: 'load'; active: number; memoryBytes: number; cpuPercent: number };

/** Jobs to abort: the listed jobs and all of the listed batches. `force` also cancels jobs that ignore their signal. */
export interface AbortRequest {
  jobIds: string[];
  batchIds: string[];
  force: boolean;
}

/** Supervisor → consumer. */
export type SupervisorMessage = { type: 'shutdown' } | { type: 'job-types' } | ({ type: 'abort' } & AbortRequest);
