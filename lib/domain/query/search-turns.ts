import { perProcess } from '@/lib/config/per-process';
import { DomainError } from '@/lib/domain/errors';

/** Statements of searches that run at the same time in this process. More of them would take the connections of launches. */
const MOST_AT_ONCE = 4;
/** Of them, those of one organization: others find a free turn whatever one searches. */
const MOST_OF_ONE = 2;
/** Of one organization; any further one is refused. A statement usually takes less than 0.1 s. */
const MAX_WAITING = 20;

interface Queue {
  running: number;
  waiting: (() => void)[];
  /** when it got a turn last; 0: not yet */
  servedAt: number;
}

/** Organizations that search. */
const queues = perProcess('search-turns', () => new Map<string, Queue>());

/**
 * Runs a statement of a search when it is its turn: organizations take turns, and each has two at a time.
 * @throws DomainError `too-many-requests` if too many searches of the organization wait already
 */
export async function inTurn<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
  const all = queues.get();
  const queue = all.get(organizationId) ?? { running: 0, waiting: [], servedAt: 0 };
  if (queue.waiting.length >= MAX_WAITING) {
    throw new DomainError(
      'too-many-requests',
      `${MAX_WAITING} searches of this organization wait already. Try again in a moment.`,
      { retryAfterSeconds: 2 },
    );
  }
  all.set(organizationId, queue);
  const turn = new Promise<void>((start) => queue.waiting.push(start));
  startNext(all);
  await turn;
  try {
    return await work();
  } finally {
    queue.running -= 1;
    if (queue.running === 0 && queue.waiting.length === 0) all.delete(organizationId);
    startNext(all);
  }
}

/** Gives free turns to those who had theirs longest ago. */
function startNext(all: Map<string, Queue>): void {
  const queue = [...all.values()]
    .filter(({ running, waiting }) => running < MOST_OF_ONE && waiting.length > 0)
    .sort((a, b) => a.servedAt - b.servedAt)[0];
  const running = [...all.values()].reduce((sum, each) => sum + each.running, 0);
  const start = running < MOST_AT_ONCE ? queue?.waiting.shift() : undefined;
  if (!queue || !start) return;
  queue.running += 1;
  queue.servedAt = performance.now();
  start();
  startNext(all);
}
