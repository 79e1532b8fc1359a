import { type Counted, countAttempt, readCount } from '@/lib/domain/auth/rate-limit';
import type { Context } from '@/lib/domain/context';
import { limitReached, rulesOf } from './limits-of';

const counted = (organizationId: string, max: number): Counted => [
  { name: 'organization requests', max, seconds: 60 },
  organizationId,
];

/**
 * Counts a request to the API, over all web processes. Without a limit it costs nothing.
 * @throws DomainError `limit-reached` with the seconds until the next minute begins
 */
export async function countRequest({ organizationId }: Context): Promise<void> {
  const allowed = (await rulesOf(organizationId)).limits.requestsPerMinute;
  if (allowed === null) return;
  const retryAfterSeconds = await countAttempt(counted(organizationId, allowed));
  if (retryAfterSeconds === 0) return;
  throw limitReached('requestsPerMinute', allowed, {
    retryAfterSeconds,
    advice: `Send the next one in ${retryAfterSeconds} s.`,
  });
}

/** Returns how many requests were counted in the current minute. */
export const countRequests = (organizationId: string): Promise<number> => readCount(counted(organizationId, 0));
