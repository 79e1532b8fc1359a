import { DomainError } from '@/lib/domain/errors';
import { isJobType, type JobType, OFFERED_TYPES } from '@/lib/job-types';

/** @throws DomainError `unknown-job-type`, naming those that are offered */
export function requireJobType(type: string): JobType {
  if (isJobType(type)) return type;
  throw new DomainError(
    'unknown-job-type',
    `There is no job type "${type.slice(0, 100)}". Known: ${OFFERED_TYPES.join(', ')}.`,
    {
      errors: [{ path: 'type', message: `must be one of ${OFFERED_TYPES.join(', ')}` }],
    },
  );
}
