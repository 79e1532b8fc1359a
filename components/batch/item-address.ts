import type { BatchJobFilters } from '@/lib/client/keys';
import { JOB_STATUSES, type JobStatus } from '@/lib/contracts/status';

export const isStatus = (word: string): word is JobStatus => (JOB_STATUSES as readonly string[]).includes(word);

/** Returns which items the address of a batch's page asks for. */
export function itemsOfAddress(get: (name: string) => string | null) {
  const status = (get('status') ?? '').split(',').filter(isStatus);
  return { status, q: get('q') ?? '', warned: get('warned') !== null };
}

/** Returns what the list of items is asked for. */
export const itemFilters = ({ status, q, warned }: ReturnType<typeof itemsOfAddress>): BatchJobFilters => ({
  ...(status.length > 0 ? { status } : {}),
  ...(q ? { q } : {}),
  ...(warned ? { warned: true } : {}),
});
