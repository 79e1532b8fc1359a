import {
  createPostgresBackend,
  createRedisBackend,
  type FlowProducer,
  type Queue,
  type QueueOptions,
  type Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { env } from '@/lib/config/env';
import { mended, postgresOptions } from '@/lib/config/postgres';

/** The Postgres schema that BullMQ's own migrations fill. */
export const QUEUE_SCHEMA = 'bullmq';

/** What a queue payload carries for our own jobs: the row decides everything else. */
export interface Delivery {
  jobId: string;
  /** shared by a batch and its children: for traces and for those who look into the queue */
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

/** True when the queues live on Redis; otherwise they live in Postgres. */
export const onRedis = (): boolean => env().REDIS_URL !== undefined;

/** How BullMQ reaches its datastore. `max` bounds the connections of one Postgres-backed object. */
export function queueConnection(max: number) {
  const { REDIS_URL } = env();
  return REDIS_URL
    ? { url: REDIS_URL, maxRetriesPerRequest: null }
    : { ...postgresOptions('batchyard-queue', max), schema: QUEUE_SCHEMA };
}

const createOnPostgres: typeof createPostgresBackend = (...given) => mended(createPostgresBackend(...given));

/** BullMQ's classes bound to the configured datastore: the one place that chooses. */
export function queueClasses(): Classes {
  const bound = onRedis() ? withBackend(createRedisBackend) : withBackend(createOnPostgres as never);
  const prefix = env().QUEUE_PREFIX;
  return {
    Queue: class extends bound.Queue {
      constructor(name: string, options: Omit<QueueOptions, 'connection'>) {
        super(name, { ...options, prefix, connection: queueConnection(4) as never });
      }
    },
    Worker: class extends bound.Worker {
      constructor(name: string, processor: never, options: Omit<WorkerOptions, 'connection'>) {
        super(name, processor, { ...options, prefix, connection: queueConnection(4) as never });
      }
    },
    FlowProducer: class extends bound.FlowProducer {
      constructor() {
        super({ prefix, connection: queueConnection(4) as never });
      }
    },
  } as unknown as Classes;
}
