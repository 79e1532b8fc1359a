import { retryForever } from '@/lib/db/retry-forever';
import { type Claim, type ClaimRequest, claimJobs, findEarly } from '@/lib/domain/job/claim-jobs';
import { DELIVERY_GROUPS, Group } from './group';

/** The row is not due for so long: its delivery comes back then. */
export interface TooEarly {
  earlyMs: number;
}

/** Asks for the right to run one delivery: the row as claimed, or undefined where there is nothing to run. */
export type Claimer = (request: ClaimRequest) => Promise<Claim | TooEarly | undefined>;

/** Claims deliveries in groups. Waits for Postgres as long as it takes: without the row nothing may run. */
export function createClaimer(consumerId: number, quarantine: boolean): Claimer {
  const group = new Group<ClaimRequest, Claim | TooEarly | undefined>(async (requests) => {
    const claims = await retryForever('Claiming rows', () => claimJobs(consumerId, quarantine, requests));
    const byId = new Map(claims.map((c) => [c.id, c]));
    const refused = requests.filter((r) => !byId.has(r.id)).map((r) => r.id);
    const early =
      refused.length > 0
        ? await retryForever('Claiming rows', () => findEarly(refused, quarantine))
        : new Map<string, number>();
    return requests.map(({ id }) => {
      const claim = byId.get(id);
      // Two deliveries of one row may have come together: one of them runs it.
      if (claim) byId.delete(id);
      const earlyMs = early.get(id);
      return claim ?? (earlyMs === undefined ? undefined : { earlyMs });
    });
  }, DELIVERY_GROUPS);
  return (request) => group.add(request);
}
