export { type Delivery, onRedis, QUEUE_SCHEMA, queueClasses, queueConnection } from './backend';
export { type Dispatchable, deliveryId, enqueue, ROW_BACKOFF } from './enqueue';
export { countWaiting, findMissing, withdraw } from './inspect';
export { closeQueues, QUARANTINE_QUEUE, type QueueName, queueOf } from './queues';
