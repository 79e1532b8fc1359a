import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { queueClasses } from './queues';

/** A queue for probes only. Processes that probe at the same time may run each other's probes. */
const PROBE_QUEUE = 'probe';
const POLL_MS = 20;

/**
 * Sends one delivery through the queue like a job: it is added, taken by a worker and completed.
 * @throws the error of the queue, or that the probe did not complete within `timeoutMs`
 */
export async function roundTrip(timeoutMs: number): Promise<void> {
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
    while ((await queue.getJobState(jobId)) !== 'unknown') await sleep(POLL_MS);
  };
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw trouble ?? new Error(`a probe did not come back from the queue within ${timeoutMs} ms`);
  });
  const traveling = travel();
  for (const loose of [traveling, late]) loose.catch(() => undefined);
  try {
    await Promise.race([traveling, late]);
  } finally {
    timer.abort();
    // Not awaited: the end of a connection that hangs would hang too.
    for (const end of [worker.close(true), queue.close()]) void end.catch(() => undefined);
  }
}
