import { DomainError } from '@/lib/domain/errors';
import { definitionOf, isJobType, type JobType, OFFERED_TYPES } from '@/lib/job-types/catalogue';

/**
 * @param internal also accepts types of which only the product itself creates jobs
 * @throws DomainError `unknown-job-type`, with the list of offered types
 */
export function requireJobType(type: string, { internal = false }: { internal?: boolean | undefined } = {}): JobType {
  if (isJobType(type) && (internal || !definitionOf(type).internal)) return type;
  const reason = isJobType(type)
    ? `Jobs of type ${type} are made by the product itself.`
    : `There is no job type "${type.slice(0, 100)}".`;
  throw new DomainError('unknown-job-type', `${reason} Known: ${OFFERED_TYPES.join(', ')}.`, {
    errors: [{ path: 'type', message: `must be one of ${OFFERED_TYPES.join(', ')}` }],
  });
}
