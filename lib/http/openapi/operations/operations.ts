import { BATCH_OPERATIONS } from './batches';
import { FILE_OPERATIONS } from './files';
import { FLOW_OPERATIONS } from './flows';
import { IMPORT_OPERATIONS } from './imports';
import { JOB_OPERATIONS } from './jobs';
import type { Operation } from './operation';
import { SYSTEM_OPERATIONS } from './system';

/** Every call of the API, as `GET /api/openapi.json` tells it. */
export const OPERATIONS: Operation[] = [
  ...JOB_OPERATIONS,
  ...BATCH_OPERATIONS,
  ...FLOW_OPERATIONS,
  ...IMPORT_OPERATIONS,
  ...FILE_OPERATIONS,
  ...SYSTEM_OPERATIONS,
];
