import { ACCESS_OPERATIONS } from './access';
import { ACCOUNT_OPERATIONS } from './account';
import { AUDIT_OPERATIONS } from './audit';
import { BATCH_READS } from './batch-reads';
import { BATCH_OPERATIONS } from './batches';
import { BULK_ACTION_OPERATIONS } from './bulk-actions';
import { DEAD_LETTER_OPERATIONS } from './dead-letters';
import { FILE_OPERATIONS } from './files';
import { FLOW_OPERATIONS } from './flows';
import { IMPORT_OPERATIONS } from './imports';
import { JOB_OPERATIONS } from './jobs';
import { LIMIT_OPERATIONS } from './limits';
import { NOTIFICATION_OPERATIONS } from './notifications';
import type { Operation } from './operation';
import { PEOPLE_OPERATIONS } from './people';
import { SCHEDULE_OPERATIONS } from './schedules';
import { SYSTEM_OPERATIONS } from './system';
import { VIEW_OPERATIONS } from './views';

/** Every call of the API. `every-route.test.ts` compares it with the routes that exist. */
export const OPERATIONS: Operation[] = [
  ...BATCH_OPERATIONS,
  ...BATCH_READS,
  ...JOB_OPERATIONS,
  ...FLOW_OPERATIONS,
  ...DEAD_LETTER_OPERATIONS,
  ...BULK_ACTION_OPERATIONS,
  ...SCHEDULE_OPERATIONS,
  ...VIEW_OPERATIONS,
  ...NOTIFICATION_OPERATIONS,
  ...IMPORT_OPERATIONS,
  ...FILE_OPERATIONS,
  ...ACCESS_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...LIMIT_OPERATIONS,
  ...SYSTEM_OPERATIONS,
];
