export { addTrees, type QueueTree } from './add-trees';
export { type Delivery, queueClasses } from './backend';
export { bringForward } from './bring-forward';
export { checkRedis } from './check-redis';
export { type Dispatchable, enqueue } from './enqueue';
export { type Followed, listFollowed } from './followed';
export {
  type ForeignJob,
  isOwn,
  isParentTold,
  type OutsideChildren,
  outsideChildren,
  readForeignTree,
  retryForeign,
} from './foreign';
export { countWaiting, findMissing, listTaken } from './inspect';
export { listPaused, resumeQueue } from './pausing';
export { closeQueues, QUARANTINE_QUEUE, type QueueName, queueOf } from './queues';
export { roundTrip } from './round-trip';
