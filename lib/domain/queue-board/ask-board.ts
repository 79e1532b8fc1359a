import { env } from '@/lib/config/env';
import { whileRedisAnswers } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { audit } from '@/lib/domain/audit';
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
  if (call.method !== 'GET') await auditCall(context, call);
  return whileRedisAnswers(() => boardServer(BOARD_PATH, mode === 'read-only').answer(call));
}

/** Writes the entry before the call, because the queue has no transaction with Postgres: no call is without an entry. */
async function auditCall(context: Context, call: BoardCall): Promise<void> {
  const { action, queue, after } = describeCall(call);
  await audit(pool(), context, action, { kind: 'queue', id: queue, name: queue }, { after });
}

/** Returns what a call of the board does: `PUT /api/queues/diagnostic/pause` pauses the queue `diagnostic`. */
export function describeCall({ method, path, body }: BoardCall) {
  const [first = '', ...rest] = path.replace(/^\/api\/queues\//, '').split('/');
  // Calls about all queues have no queue in their address.
  const [queue, words] = rest.length === 0 ? ['all', [first]] : [first, rest];
  const last = words.at(-1) ?? '';
  const [jobId, verb] =
    words.length === 2 && !ABOUT_STATUS.includes(words[0] ?? '') ? [words[0], last] : [null, words[0]];
  const word = /^[a-z-]{1,40}$/.test(verb ?? '') ? verb : 'change';
  return {
    action: `queue.${word}${jobId ? '-job' : ''}` as const,
    queue: queue.slice(0, 100),
    after: {
      call: `${method} ${path}`.slice(0, 300),
      ...(jobId ? { jobId: jobId.slice(0, 100) } : {}),
      ...(Object.keys(body).length > 0 ? { payload: body } : {}),
    },
  };
}

/** Calls whose last word is a status of jobs: `/api/queues/diagnostic/clean/failed`. */
const ABOUT_STATUS = ['retry', 'clean', 'rate-limit'];
