import type { JobTypeDto } from '@/lib/contracts/system';
import { typeDefaults } from '@/lib/domain/defaults';
import { describeJobType, JOB_TYPES } from '@/lib/job-types';

/** Every job type with its schemas, and its defaults as the environment sets them. */
export const listJobTypes = (): JobTypeDto[] =>
  JOB_TYPES.map((type) => ({ ...describeJobType(type), defaults: typeDefaults(type) }));
