import type { Changes } from '@/lib/contracts/events';
import type { AbortRequest } from '@/lib/contracts/ipc';

/** Work for supervisors. The rows hold the same; the message only makes it quick. */
export interface ControlMessage {
  /** batches that may have rows to dispatch */
  dispatch?: string[];
  /** running jobs to abort */
  abort?: AbortRequest;
  /** a slot may be free for a queued batch */
  startQueued?: boolean;
}

/** The messages between processes, by topic. */
export interface Topics {
  changes: Changes;
  control: ControlMessage;
  /** checks that messages are delivered */
  probe: { id: string };
}
