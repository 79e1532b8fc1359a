import { type Claim, type ClaimRequest, claimJobs } from '@/lib/domain/job/claim-jobs';
import { DELIVERY_GROUPS, Group } from './group';
import { untilDone } from './until-done';

/** Asks for the right to run one delivery: the row as claimed, or undefined where there is nothing to run. */
export type Claimer = (request: ClaimRequest) => Promise<Claim | undefined>;

/** Claims deliveries in groups. Waits for Postgres as long as it takes: without the row nothing may run. */
export function createClaimer(consumerId: number, quarantine: boolean): Claimer {
  const group = new Group<ClaimRequest, Claim | undefined>(async (requests) => {
    const claims = await untilDone('claim', () => claimJobs(consumerId, quarantine, requests));
    const byId = new Map(claims.map((c) => [c.id, c]));
    return requests.map((r) => byId.get(r.id));
  }, DELIVERY_GROUPS);
  return (request) => group.add(request);
}
