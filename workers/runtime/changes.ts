import type { ConsumerMessage } from '@/lib/contracts/ipc';
import { type ChangesMessage, noChanges } from '@/lib/events/messages';
import { hintChanges } from '@/lib/events/relay';

const GATHER_MS = 50;
/** More changes of single jobs than this in one gathering are a sample. */
const MAX_JOBS = 200;

/** Turns what consumers say into one event, twenty a second at most: the bridge from IPC to the browsers' streams. */
export class Changes {
  private gathered: ChangesMessage = noChanges();
  private timer: NodeJS.Timeout | undefined;

  add(message: ConsumerMessage): void {
    const g = this.gathered;
    switch (message.type) {
      case 'started':
      case 'progress':
        g.jobs.push(...message.jobs.slice(0, Math.max(0, MAX_JOBS - g.jobs.length)));
        g.batches.push(
          ...(message.type === 'progress'
            ? Object.keys(message.batches)
            : message.jobs.flatMap((j) => j.batchId ?? [])),
        );
        g.flows.push(
          ...((message.type === 'progress' && message.flows) || message.jobs.flatMap((j) => j.flowId ?? [])),
        );
        break;
      case 'job-progress':
        g.progress.push(...message.updates);
        break;
      case 'done':
        g.done.push(...message.batchIds);
        g.capacity = true;
        break;
      case 'error':
        g.errors.push({ batchId: message.batchId, jobId: message.jobId, message: message.message });
        break;
      case 'ready':
        g.capacity = true;
        break;
      case 'load':
        return;
    }
    this.later();
  }

  /** Says that slots or workers changed. */
  capacity(): void {
    this.gathered.capacity = true;
    this.later();
  }

  /** Says that the counters of these batches moved. */
  batches(ids: string[]): void {
    this.gathered.batches.push(...ids);
    this.later();
  }

  /** Publishes at once what was gathered. Never throws. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const message = this.gathered;
    this.gathered = noChanges();
    message.batches = [...new Set(message.batches)];
    message.flows = [...new Set(message.flows)];
    await hintChanges(message);
  }

  private later(): void {
    this.timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }
}
