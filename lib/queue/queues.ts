import type { FlowProducer, Queue } from 'bullmq';
import { connectionTrouble } from '@/lib/config/redis';
import type { JobType } from '@/lib/job-types/catalogue';
import { type Delivery, queueClasses } from './backend';

/** Where jobs run whose consumer died while holding them: one at a time, so that the one that kills is found. */
export const QUARANTINE_QUEUE = 'quarantine';

export type QueueName = JobType | typeof QUARANTINE_QUEUE;

const held = globalThis as unknown as {
  batchyardQueues?: Map<string, Queue<Delivery>>;
  batchyardFlowProducer?: FlowProducer | undefined;
};

/** The producer side of a queue, opened once per process. */
export function queueOf(name: QueueName): Queue<Delivery> {
  held.batchyardQueues ??= new Map();
  let queue = held.batchyardQueues.get(name);
  if (!queue) {
    const { Queue } = queueClasses();
    queue = new Queue(name, {});
    queue.on('error', (error) => connectionTrouble(error, { queue: name }, 'queue connection'));
    held.batchyardQueues.set(name, queue);
  }
  return queue;
}

/** Adds trees of jobs; opened once per process. */
export function flowProducer(): FlowProducer {
  if (!held.batchyardFlowProducer) {
    const { FlowProducer } = queueClasses();
    held.batchyardFlowProducer = new FlowProducer();
    held.batchyardFlowProducer.on('error', (error) => connectionTrouble(error, {}, 'flow producer connection'));
  }
  return held.batchyardFlowProducer;
}

/** Closes what this process opened; who asks after it opens anew. */
export async function closeQueues(): Promise<void> {
  const open = [...(held.batchyardQueues?.values() ?? [])];
  const producer = held.batchyardFlowProducer;
  held.batchyardQueues = undefined;
  held.batchyardFlowProducer = undefined;
  await Promise.all([...open.map((queue) => queue.close()), producer?.close()]);
}
