import { FlushBuffer } from '@/lib/config/flush-buffer';
import { type Changes, noChanges } from '@/lib/contracts/events';
import { hintChanges } from '@/lib/events/relay';

const FLUSH_MS = 50;
/** Of more job changes than this in one event only a sample is published. */
const MAX_JOBS = 200;

/** Coalesces the changes of all consumers and publishes them as one event, 20 a second at most. */
export class ChangesBuffer {
  private readonly buffer = new FlushBuffer(noChanges, FLUSH_MS, publish);

  add({
    jobs = [],
    batches = [],
    flows = [],
    done = [],
    progress = [],
    errors = [],
    capacity,
  }: Partial<Changes>): void {
    const all = this.buffer.open();
    all.jobs.push(...jobs.slice(0, Math.max(0, MAX_JOBS - all.jobs.length)));
    all.batches.push(...batches);
    all.flows.push(...flows);
    all.done.push(...done);
    all.progress.push(...progress);
    all.errors.push(...errors);
    // The end of a batch releases its slot.
    all.capacity ||= capacity === true || done.length > 0;
  }

  /** Publishes now what was collected. Never throws. */
  flush(): Promise<void> {
    return this.buffer.flush();
  }
}

const publish = (changes: Changes): Promise<void> =>
  hintChanges({ ...changes, batches: [...new Set(changes.batches)], flows: [...new Set(changes.flows)] });
