import { DomainError } from '@/lib/domain/errors';
import { isJobType, JOB_TYPES, type JobType } from '@/lib/job-types';

/** @throws DomainError `unknown-job-type`, naming those that exist */
export function requireJobType(type: string): JobType {
  if (isJobType(type)) return type;
  throw new DomainError(
    'unknown-job-type',
    `There is no job type "${type.slice(0, 100)}". Known: ${JOB_TYPES.join(', ')}.`,
    {
      errors: [{ path: 'type', message: `must be one of ${JOB_TYPES.join(', ')}` }],
    },
  );
}
