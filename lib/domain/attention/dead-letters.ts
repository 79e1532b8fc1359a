import type { Context } from '@/lib/domain/context';
import { seeDeadLetterCount } from '@/lib/domain/dead-letter/count-dead-letters';
import { counted, type Found } from './item';

/** What failed for good over all batches and nobody retried or discarded. Acting on it needs an estimate, which its page makes. */
export async function findDeadLetters(context: Context): Promise<Found[]> {
  const { count } = await seeDeadLetterCount(context);
  if (count === 0) return [];
  return [
    {
      id: 'dead-letters',
      kind: 'dead-letters',
      severity: 'warning',
      since: null,
      count,
      text: `${counted(count, 'dead letter')}: ${count === 1 ? 'it' : 'they'} failed for good, and nobody has retried or discarded ${count === 1 ? 'it' : 'them'}.`,
      link: '/dead-letters',
      actions: [],
    },
  ];
}
