import type { JobTypeDto } from '@/lib/contracts/job-type';
import { typeDefaults } from '@/lib/domain/defaults';
import { describeJobType, OFFERED_TYPES } from '@/lib/job-types/catalogue';

/** Every job type that can be launched, with its schemas, and its defaults as the environment sets them. */
export const listJobTypes = (): JobTypeDto[] =>
  OFFERED_TYPES.map((type) => ({
    ...describeJobType(type),
    defaults: typeDefaults(type),
  }));
