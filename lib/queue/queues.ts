import {
  createRedisBackend,
  type FlowProducer,
  Job,
  type JobJson,
  type JobProgress,
  type Queue,
  type QueueOptions,
  type Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { env } from '@/lib/config/env';
import { perProcess } from '@/lib/config/per-process';
import { connectionTrouble, redisOptions } from '@/lib/config/redis';
import { parseJson } from '@/lib/contracts/json';
import type { JobType } from '@/lib/job-types/catalogue';
import { createSharedBackend } from './shared-connection';

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

/** A job of BullMQ whose data and result keep the digits that JSON.parse would change. */
export class ExactJob<
  T = unknown,
  R = unknown,
  N extends string = string,
  P extends JobProgress = JobProgress,
> extends Job<T, R, N, P> {
  static override fromJSON<T = unknown, R = unknown, N extends string = string>(
    queue: Parameters<typeof Job.fromJSON>[0],
    json: JobJson,
    jobId?: string,
  ): Job<T, R, N> {
    const job = Job.fromJSON<T, R, N>(queue, json, jobId);
    job.data = exactly(json.data, job.data);
    job.returnvalue = exactly(json.returnvalue, job.returnvalue);
    return job;
  }
}

/** Parses the text again without loss of digits. BullMQ's own value stays if it found no JSON. */
const exactly = <V>(text: unknown, read: V): V =>
  typeof text === 'string' && read !== undefined && text !== '' ? (parseJson(text) as V) : read;

/** The payload of our own deliveries. All other values are read from the row. */
export interface Delivery {
  jobId: string;
  /** shared by a batch and its children: for traces, and for people who inspect the queue */
  correlationId?: string;
  /** all rows of a delivery that carries several, the first among them */
  jobIds?: string[];
}

type Classes = {
  Queue: new (name: string, options: Omit<QueueOptions, 'connection'>) => Queue<Delivery>;
  Worker: new (
    name: string,
    processor: NonNullable<ConstructorParameters<typeof Worker<Delivery>>[1]>,
    options: Omit<WorkerOptions, 'connection'>,
  ) => Worker<Delivery>;
  FlowProducer: new () => FlowProducer;
};

/** Returns BullMQ's classes for the configured datastore. No other function chooses the datastore. */
export function queueClasses(): Classes {
  const { REDIS_URL, QUEUE_PREFIX: prefix } = env();
  const bound = withBackend(REDIS_URL ? createRedisBackend : createSharedBackend);
  // On Postgres the backend opens its own connection, and the classes know only the type that one backend takes.
  const connection = (REDIS_URL ? redisOptions(REDIS_URL) : {}) as never;
  return {
    Queue: class extends bound.Queue {
      override get Job() {
        return ExactJob;
      }
      constructor(name: string, options: Omit<QueueOptions, 'connection'>) {
        super(name, { ...options, prefix, connection });
      }
    },
    Worker: class extends bound.Worker {
      override get Job() {
        return ExactJob;
      }
      constructor(name: string, processor: never, options: Omit<WorkerOptions, 'connection'>) {
        super(name, processor, { ...options, prefix, connection });
      }
    },
    FlowProducer: class extends bound.FlowProducer {
      constructor() {
        super({ prefix, connection });
      }
    },
    // The types of BullMQ's classes name the backend, and no code here may depend on which one it is.
  } as unknown as Classes;
}
