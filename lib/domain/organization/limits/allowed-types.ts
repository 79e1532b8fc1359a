import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { type JobType, offeredTypes } from '@/lib/job-types/catalogue';
import { rulesOf } from './limits-of';

/** Returns the job types that the organization may launch: within its limit, and as its administrators chose. */
export async function allowedTypes(context: Context): Promise<JobType[]> {
  const isAllowed = await allowedNames(context);
  return offeredTypes().filter(isAllowed);
}

/** Returns a function that tells whether the organization may use a type, whether or not anybody can launch it. */
export async function allowedNames({ organizationId }: Context): Promise<(type: string) => boolean> {
  const { limits, settings } = await rulesOf(organizationId);
  return (type) => (limits.jobTypes?.includes(type) ?? true) && (settings.jobTypes?.includes(type) ?? true);
}

/**
 * @param types the types of a launch, of which the product has definitions
 * @throws DomainError `forbidden` with the limit `jobTypes` if the organization may not launch one of them
 */
export async function requireAllowedTypes(context: Context, types: Iterable<JobType>): Promise<void> {
  const allowed = new Set(await allowedTypes(context));
  for (const type of types) {
    if (allowed.has(type) || !offeredTypes().includes(type)) continue;
    throw new DomainError(
      'forbidden',
      `This organization may not launch jobs of type ${type} (limit jobTypes). Allowed: ${[...allowed].join(', ') || 'none'}.`,
      { extra: { limit: 'jobTypes', allowed: [...allowed] } },
    );
  }
}
