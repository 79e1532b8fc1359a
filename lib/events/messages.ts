import type { AbortRequest, JobChange } from '@/lib/contracts/ipc';
import type { JobProgress } from '@/lib/contracts/job';

/** What changed within some milliseconds. A hint: the receiver reads the rows. */
export interface ChangesMessage {
  /** batches that began to run */
  started: string[];
  /** batches whose counters moved */
  batches: string[];
  /** batches that finished */
  done: string[];
  /** flows of which nodes changed */
  flows: string[];
  /** jobs that changed; a sample when there are many */
  jobs: JobChange[];
  /** jobs that were made one by one */
  created: string[];
  progress: { jobId: string; batchId: string | null; progress: JobProgress }[];
  errors: { batchId?: string | undefined; jobId?: string | undefined; message: string }[];
  /** whether slots were taken or freed, or workers came or went */
  capacity: boolean;
}

/** Work for supervisors. The rows hold the same; the message only makes it quick. */
export interface ControlMessage {
  /** batches that may have rows to dispatch */
  dispatch?: string[];
  /** running jobs to abort */
  abort?: AbortRequest;
  /** a slot may be free for a queued batch */
  startQueued?: boolean;
}

export interface Topics {
  changes: ChangesMessage;
  control: ControlMessage;
  /** checks that messages are delivered */
  probe: { id: string };
}

export const noChanges = (): ChangesMessage => ({
  started: [],
  batches: [],
  done: [],
  flows: [],
  jobs: [],
  created: [],
  progress: [],
  errors: [],
  capacity: false,
});
