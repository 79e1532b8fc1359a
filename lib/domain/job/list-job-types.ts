import type { JobTypeDto } from '@/lib/contracts/job-type';
import { typeDefaults } from '@/lib/domain/defaults';
import { describeJobType, OFFERED_TYPES } from '@/lib/job-types/catalogue';

/** Lists the job types that can be launched, with their schemas and the defaults that the environment configures. */
export const listJobTypes = (): JobTypeDto[] =>
  OFFERED_TYPES.map((type) => ({
    ...describeJobType(type),
    defaults: typeDefaults(type),
  }));
