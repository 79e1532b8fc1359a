import { setImmediate as nextRound } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chains } from './chains';

const queue = vi.hoisted(() => ({ waiting: 0, away: false, counted: 0 }));
vi.mock('@/lib/queue/inspect', () => ({
  countWaiting: async () => {
    queue.counted += 1;
    if (queue.away) throw new Error('away');
    return queue.waiting;
  },
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  Object.assign(queue, { waiting: 0, away: false, counted: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const state = { full: false, closing: false, waiting: 0 };
const begin = (given: Partial<typeof state> = {}) => {
  const now = { ...state, ...given };
  return {
    now,
    chain: new Chains('diagnostic', {
      isFull: () => now.full,
      isClosing: () => now.closing,
      waiting: () => now.waiting,
    }).begin(),
  };
};

/** Asks, and lets the count of waiting deliveries arrive. */
async function after(ms: number, chain: () => boolean): Promise<boolean> {
  vi.setSystemTime(Date.now() + ms);
  chain();
  await nextRound();
  return chain();
}

test('a chain goes on while the process has a free slot, for five seconds', async () => {
  queue.waiting = 9;
  const { chain } = begin();
  expect(await after(4000, chain)).toBe(true);
  expect(queue.counted).toBe(0);
  expect(await after(1100, chain)).toBe(false);
});

test('it gives way to waiting deliveries when no slot is free', async () => {
  queue.waiting = 1;
  const { chain } = begin({ full: true });
  expect(await after(200, chain)).toBe(true);
  expect(await after(100, chain)).toBe(false);
});

test('it gives way to rows of its process that wait for a slot', async () => {
  const { now, chain } = begin({ waiting: 1 });
  expect(await after(10, chain)).toBe(true);
  expect(await after(20, chain)).toBe(false);
  now.waiting = 0;
  expect(chain()).toBe(true);
});

test('it continues when no slot is free and no delivery waits', async () => {
  const { chain } = begin({ full: true });
  expect(await after(1000, chain)).toBe(true);
  queue.waiting = 1;
  expect(await after(200, chain)).toBe(false);
});

test('it continues while the queue is unavailable', async () => {
  queue.away = true;
  const { chain } = begin({ full: true });
  expect(await after(1000, chain)).toBe(true);
});

test('it ends when its worker is closed', async () => {
  const { now, chain } = begin();
  now.closing = true;
  expect(chain()).toBe(false);
});
