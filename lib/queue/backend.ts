import {
  createRedisBackend,
  type FlowProducer,
  type Queue,
  type QueueOptions,
  type Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { env } from '@/lib/config/env';
import { redisOptions } from '@/lib/config/redis';
import { ExactJob } from './exact-job';
import { createSharedBackend } from './shared-connection';

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
