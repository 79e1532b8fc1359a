import type { FlowProducer, Queue, Worker } from 'bullmq';
import { must } from '@/lib/contracts/must';
import { queueClasses } from '@/lib/queue/queues';
import { until } from './until';

/** BullMQ's own classes, as an external program uses them, with the prefix and names of our queues. */
export const bull = queueClasses() as unknown as {
  Queue: new (name: string, options: object) => Queue;
  Worker: new (
    name: string,
    work: (job: { data: Record<string, unknown> }) => Promise<unknown>,
    options: object,
  ) => Worker;
  FlowProducer: new () => FlowProducer;
};

const opened: { close(): Promise<unknown> }[] = [];

/** Registers resources that are closed at the end of the test file. */
export function open<T extends { close(): Promise<unknown>; on(event: 'error', listener: () => void): unknown }>(
  made: T,
): T {
  made.on('error', () => undefined);
  opened.push(made);
  return made;
}

export const closeOpened = (): Promise<unknown> => Promise.all(opened.map((each) => each.close()));

/** Waits until the queue's job has ended, and returns it. */
export const endOf = (queue: Queue, id: string | undefined) =>
  until(`job ${id} has ended`, async () => {
    const job = await queue.getJob(must(id, 'The id of the job'));
    return job?.finishedOn !== undefined && job;
  });
