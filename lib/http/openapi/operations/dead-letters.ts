import { deadLetterCount, deadLettersAnswer, listDeadLettersQuery } from '@/lib/contracts/dead-letter';
import type { Operation } from './operation';

/** The calls about dead letters. They are acted on with bulk actions. */
export const DEAD_LETTER_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/dead-letters',
    id: 'listDeadLetters',
    tag: 'Dead letters',
    summary: 'Group what failed for good and nobody retried or discarded, by reason, type or batch',
    query: listDeadLettersQuery,
    answers: { 200: deadLettersAnswer },
    errors: ['invalid-query', 'too-many-requests', 'unavailable'],
  },
  {
    call: 'GET /api/dead-letters/count',
    id: 'countDeadLetters',
    tag: 'Dead letters',
    summary: 'Count the dead letters of the organization; at most two seconds old',
    answers: { 200: deadLetterCount },
  },
];
