import { FlushBuffer } from '@/lib/config/flush-buffer';
import type { ConsumerMessage } from '@/lib/contracts/ipc';
import { type ChangesMessage, noChanges } from '@/lib/events/messages';
import { hintChanges } from '@/lib/events/relay';

const FLUSH_MS = 50;
/** Of more job changes than this in one event only a sample is published. */
const MAX_JOBS = 200;

/** Coalesces the messages of consumers and publishes them as one event, 20 a second at most: from IPC to event streams. */
export class ChangesBuffer {
  private readonly buffer = new FlushBuffer(noChanges, FLUSH_MS, publish);

  add(message: ConsumerMessage): void {
    if (message.type === 'load') return;
    const changes = this.buffer.open();
    switch (message.type) {
      case 'started':
      case 'progress':
        addJobs(changes, message);
        break;
      case 'job-progress':
        changes.progress.push(...message.updates);
        break;
      case 'done':
        changes.done.push(...message.batchIds);
        changes.capacity = true;
        break;
      case 'error':
        changes.errors.push({ batchId: message.batchId, jobId: message.jobId, message: message.message });
        break;
      case 'ready':
        changes.capacity = true;
        break;
    }
  }

  /** Adds that slots or workers changed. */
  capacityChanged(): void {
    this.buffer.open().capacity = true;
  }

  /** Adds that the counters of these batches changed. */
  batchesChanged(ids: string[]): void {
    this.buffer.open().batches.push(...ids);
  }

  /** Publishes now what was collected. Never throws. */
  flush(): Promise<void> {
    return this.buffer.flush();
  }
}

function addJobs(changes: ChangesMessage, message: Extract<ConsumerMessage, { type: 'started' | 'progress' }>): void {
  const { jobs } = message;
  changes.jobs.push(...jobs.slice(0, Math.max(0, MAX_JOBS - changes.jobs.length)));
  const batches = message.type === 'progress' ? Object.keys(message.batches) : jobs.flatMap((job) => job.batchId ?? []);
  const flows = message.type === 'progress' && message.flows ? message.flows : jobs.flatMap((job) => job.flowId ?? []);
  changes.batches.push(...batches);
  changes.flows.push(...flows);
}

async function publish(changes: ChangesMessage): Promise<void> {
  await hintChanges({
    ...changes,
    batches: [...new Set(changes.batches)],
    flows: [...new Set(changes.flows)],
  });
}
