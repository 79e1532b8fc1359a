import type { JobTypeDto } from '@/lib/contracts/job-type';
import { type Context, requirePermission } from '@/lib/domain/context';
import { typeDefaults } from '@/lib/domain/defaults';
import { allowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import { describeJobType, type JobType, OFFERED_TYPES } from '@/lib/job-types/catalogue';

/** Lists the job types that can be launched, with their schemas and the defaults that the environment configures. */
export const listJobTypes = (types: readonly JobType[] = OFFERED_TYPES): JobTypeDto[] =>
  types.map((type) => ({
    ...describeJobType(type),
    defaults: typeDefaults(type),
  }));

/** Lists the job types that the organization may launch. */
export async function listAllowedTypes(context: Context): Promise<JobTypeDto[]> {
  requirePermission(context, 'job-type.see');
  return listJobTypes(await allowedTypes(context));
}
