export { itemFromCsv } from './item-from-csv';
export { listJobTypes } from './list-job-types';
