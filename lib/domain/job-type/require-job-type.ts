import { DomainError } from '@/lib/domain/errors';
import { definitionOf, isJobType, type JobType, offeredTypes } from '@/lib/job-types/catalogue';

/**
 * @param internal also accepts types of which only the product itself creates jobs
 * @throws DomainError `unknown-job-type`, with the list of offered types
 */
export function requireJobType(type: string, { internal = false }: { internal?: boolean | undefined } = {}): JobType {
  const known = isJobType(type) ? definitionOf(type) : undefined;
  if (isJobType(type) && !known?.unavailable && (internal || !known?.internal)) return type;
  const reason = known
    ? known.unavailable
      ? `Jobs of type ${type} can't be launched now. ${known.unavailable}`
      : `Jobs of type ${type} are made by the product itself.`
    : `There is no job type "${type.slice(0, 100)}".`;
  throw new DomainError('unknown-job-type', `${reason} Known: ${offeredTypes().join(', ')}.`, {
    errors: [{ path: 'type', message: `must be one of ${offeredTypes().join(', ')}` }],
  });
}
