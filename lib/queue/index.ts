export { addTrees, type QueueTree } from './add-trees';
export { type Delivery, queueClasses } from './backend';
export { bringForward } from './bring-forward';
export { type Dispatchable, enqueue } from './enqueue';
export { type Followed, listFollowed } from './followed';
export { type ForeignJob, isOwn, readForeignTree } from './foreign';
export { countWaiting, findMissing, listTaken } from './inspect';
export { closeQueues, QUARANTINE_QUEUE, type QueueName, queueOf } from './queues';
