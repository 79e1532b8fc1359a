import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { maxActiveBatches } from './slots';

/** A guess that is short enough to be worth trying again. */
const RETRY_AFTER_SECONDS = 5;

/** The 429: what occupies the slots (names only of the own organization), and when to try again. */
export function capacityReached(
  context: Context,
  running: { id: string; name: string; organization_id: string }[],
): DomainError {
  const own = running.filter((b) => b.organization_id === context.organizationId);
  const who =
    own.length > 0
      ? `${own.map((b) => b.name).join(', ')} ${own.length === 1 ? 'is' : 'are'} running`
      : 'all slots are in use';
  return new DomainError(
    'capacity-reached',
    `At capacity: ${who} (${running.length} of ${maxActiveBatches()} slots). Try again later, or launch with start: "queue".`,
    {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      extra: { runningBatches: own.map(({ id, name }) => ({ id, name })), maxBatches: maxActiveBatches() },
    },
  );
}
