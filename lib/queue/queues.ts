import type { FlowProducer, Queue } from 'bullmq';
import { perProcess } from '@/lib/config/per-process';
import { connectionTrouble } from '@/lib/config/redis';
import type { JobType } from '@/lib/job-types/catalogue';
import { type Delivery, queueClasses } from './backend';

/** The queue of the quarantine: jobs whose consumer crashed run one at a time, so that the poison job is found. */
export const QUARANTINE_QUEUE = 'quarantine';

export type QueueName = JobType | typeof QUARANTINE_QUEUE;

const queues = perProcess('queues', () => new Map<string, Queue<Delivery>>());
const producer = perProcess('flow-producer', openFlowProducer);

/** The producer side of a queue, opened once per process. */
export function queueOf(name: QueueName): Queue<Delivery> {
  let queue = queues.get().get(name);
  if (!queue) {
    const { Queue } = queueClasses();
    queue = new Queue(name, {});
    queue.on('error', (error) => connectionTrouble(error, { queue: name }, 'The queue connection reported an error.'));
    queues.get().set(name, queue);
  }
  return queue;
}

/** Adds trees of jobs; opened once per process. */
export function flowProducer(): FlowProducer {
  return producer.get();
}

function openFlowProducer(): FlowProducer {
  const { FlowProducer } = queueClasses();
  const opened = new FlowProducer();
  opened.on('error', (error) => connectionTrouble(error, {}, 'flow producer connection'));
  return opened;
}

/** Closes the queues of this process. A later call opens them again. */
export async function closeQueues(): Promise<void> {
  const open = [...(queues.clear()?.values() ?? [])];
  await Promise.all([...open.map((queue) => queue.close()), producer.clear()?.close()]);
}
