import type { Changes } from './events';

/** Consumer → supervisor. */
export type ConsumerMessage =
  | { type: 'ready'; consumerId: number }
  /** coalesced over some milliseconds, never one message per row. `recorded`: recorded outcomes of each batch */
  | { type: 'changes'; changes: Changes; recorded: Record<string, number> }
  | { type: 'load'; active: number };

/** Running jobs to abort: these, and every one of these batches. `force`: cancelled even if they don't listen. */
export interface AbortRequest {
  jobIds: string[];
  batchIds: string[];
  force: boolean;
}

/** Supervisor → consumer. */
export type SupervisorMessage = { type: 'shutdown' } | ({ type: 'abort' } & AbortRequest);
