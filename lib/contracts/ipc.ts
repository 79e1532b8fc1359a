import type { Changes } from './events';

/** Consumer → supervisor. */
export type ConsumerMessage =
  | { type: 'ready'; consumerId: number }
  /** coalesced over some milliseconds, never one message per row. `recorded`: number of recorded outcomes by batch */
  | { type: 'changes'; changes: Changes; recorded: Record<string, number> }
  | { type: 'load'; active: number };

/** Jobs to abort: the listed jobs and all of the listed batches. `force` also cancels jobs that ignore their signal. */
export interface AbortRequest {
  jobIds: string[];
  batchIds: string[];
  force: boolean;
}

/** Supervisor → consumer. */
export type SupervisorMessage = { type: 'shutdown' } | ({ type: 'abort' } & AbortRequest);
