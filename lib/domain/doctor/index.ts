export { diagnoseBatch } from './diagnose-batch';
export { listStuckBatches } from './list-stuck-batches';
export { mendBatch } from './mend-batch';
export { listPausedQueues, resumePausedQueue } from './paused-queues';
