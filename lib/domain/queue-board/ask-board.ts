import { env } from '@/lib/config/env';
import { whileRedisAnswers } from '@/lib/config/redis';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { type BoardAnswer, type BoardCall, boardServer } from '@/lib/queue/board';

/** Where the board is; its own links are made with it. */
export const BOARD_PATH = '/admin/queues';

/**
 * One call of the board over the queues. Unless QUEUE_BOARD is `full` it changes nothing.
 * @throws DomainError `forbidden` for all but administrators; `not-found` where it is off; an error that means 503 while the queue is away
 */
export async function askBoard(context: Context, call: BoardCall): Promise<BoardAnswer> {
  requirePermission(context, 'board.use', 'look at the queues');
  requirePayloads(context, 'look at the queues');
  const mode = env().QUEUE_BOARD;
  if (mode === 'off') throw notFound('board', BOARD_PATH);
  if (mode === 'read-only' && call.method !== 'GET') {
    throw new DomainError('forbidden', 'The board is read-only; an operator can change that (QUEUE_BOARD=full).');
  }
  return whileRedisAnswers(() => boardServer(BOARD_PATH, mode === 'read-only').answer(call));
}
