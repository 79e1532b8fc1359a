export { diagnoseBatch } from './diagnose-batch';
export { mendBatch } from './mend-batch';
