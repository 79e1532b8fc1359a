import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { queueClasses } from './backend';

/** A queue that carries nothing but probes. Who probes at the same time may do each other's. */
const PROBE_QUEUE = 'probe';
const LOOK_EVERY_MS = 20;

/**
 * Sends one delivery through the queue as a job goes: added, taken by a worker, completed.
 * @throws what the queue said, or that nothing came back in time
 */
export async function roundTrip(patienceMs: number): Promise<void> {
  const { Queue, Worker } = queueClasses();
  let trouble: Error | undefined;
  const note = (error: Error) => {
    trouble ??= error;
  };
  const queue = new Queue(PROBE_QUEUE, {});
  queue.on('error', note);
  const worker = new Worker(PROBE_QUEUE, async () => undefined, {});
  worker.on('error', note);
  const jobId = `probe-${randomUUID()}`;
  const travel = async () => {
    await queue.add(PROBE_QUEUE, { jobId }, { jobId, removeOnComplete: true, removeOnFail: true });
    while ((await queue.getJobState(jobId)) !== 'unknown') await sleep(LOOK_EVERY_MS);
  };
  const timer = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw trouble ?? new Error(`a probe did not come back from the queue within ${patienceMs} ms`);
  });
  const traveling = travel();
  for (const loose of [traveling, late]) loose.catch(() => undefined);
  try {
    await Promise.race([traveling, late]);
  } finally {
    timer.abort();
    // Not awaited: one that hangs does not say goodbye either.
    for (const end of [worker.close(true), queue.close()]) void end.catch(() => undefined);
  }
}
