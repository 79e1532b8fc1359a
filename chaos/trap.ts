import { existsSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Job } from 'bullmq';

// Loaded before a consumer's own code, in chaos runs only. Completing a delivery is the one moment between the record
// and the acknowledgement that can be reached from outside: whatever happens here happens after the outcome is durable.
const folder = process.env.CHAOS_TRAPS;
const isConsumer = /consumer\.js$/.test(process.argv[1] ?? '');

/** Whether this process is the one that is caught: only one can remove the file. */
function stepsInto(folder: string, trap: string): boolean {
  try {
    unlinkSync(join(folder, trap));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Notes who was caught, for the run that set the trap. */
function note(folder: string, trap: string, { id, data, queueName }: Job): void {
  const caught = { trap, pid: process.pid, queueName, deliveryId: id, jobIds: data.jobIds ?? [data.jobId] };
  const name = join(folder, `caught-${Date.now()}-${process.pid}`);
  writeFileSync(`${name}.part`.replace('caught-', 'writing-'), JSON.stringify(caught));
  renameSync(`${name}.part`.replace('caught-', 'writing-'), name);
}

if (folder && isConsumer) {
  const acknowledge = Job.prototype.moveToCompleted;
  const still = new Int32Array(new SharedArrayBuffer(4));
  Job.prototype.moveToCompleted = function moveToCompleted(this: Job, ...given) {
    for (const trap of this.data.jobIds ? ['die-with-bundle', 'die'] : ['die']) {
      if (!stepsInto(folder, trap)) continue;
      note(folder, trap, this);
      process.kill(process.pid, 'SIGKILL');
    }
    // In quarantine there is one job at a time: nothing that another consumer could take over.
    if (process.argv[3] === 'regular' && stepsInto(folder, 'block')) {
      note(folder, 'block', this);
      // Truly blocked: no timer, no lock renewal, no message gets through.
      while (existsSync(join(folder, 'blocked'))) Atomics.wait(still, 0, 0, 50);
    }
    return acknowledge.apply(this, given);
  };
}
