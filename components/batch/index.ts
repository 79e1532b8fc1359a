export { BatchPage, type JobSlot, type MatrixSlot } from './batch-page';
