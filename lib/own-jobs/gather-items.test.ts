import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { JobContext } from '@/lib/job-types/job-context';
import { announcementOf, readDefinition } from './read-definition';

const input = z.object({ n: z.int() });
const read = (definition: object) => readDefinition('many', { default: { input, ...definition } });

describe('a definition with runMany', () => {
  const runMany = async (items: unknown[]) => items;

  it('says how many items one call has, and its process runs as many at once', () => {
    const job = read({ runMany, maxItems: 100 });
    expect(job).toMatchObject({ many: { maxItems: 100 }, consumerConcurrency: 100 });
    expect(announcementOf(job)).toMatchObject({ many: { maxItems: 100 }, consumerConcurrency: 100 });
    expect(read({ runMany, maxItems: 3 })).toMatchObject({ consumerConcurrency: 10 });
    expect(read({ runMany, maxItems: 3, consumerConcurrency: 4 })).toMatchObject({ consumerConcurrency: 4 });
    expect(announcementOf(read({ run: () => 1 }))).not.toHaveProperty('many');
  });

  it.each<[string, object, RegExp]>([
    ['no work', {}, /^run must be a function \(or runMany, for the work of many items in one call\)$/],
    ['both', { run: () => 1, runMany, maxItems: 3 }, /^A definition has either run or runMany\. Delete one of them\.$/],
    ['no function', { runMany: 'x', maxItems: 3 }, /^runMany must be a function$/],
    ['no maxItems', { runMany }, /^maxItems is missing\. maxItems must be a whole number from 1 to 1000/],
    ['no item in a call', { runMany, maxItems: 0 }, /^maxItems must be a whole number from 1 to 1000/],
    ['too many items in a call', { runMany, maxItems: 1001 }, /^maxItems must be a whole number from 1 to 1000/],
    ['half an item', { runMany, maxItems: 1.5 }, /^maxItems must be a whole number/],
    ['too long a wait', { runMany, maxItems: 3, maxWaitMs: 10_001 }, /^maxWaitMs must be milliseconds from 0 to 10000/],
    ['maxItems for run', { run: () => 1, maxItems: 3 }, /^maxItems goes with runMany\. Delete it/],
    ['maxWaitMs for run', { run: () => 1, maxWaitMs: 3 }, /^maxWaitMs goes with runMany\. Delete it/],
    [
      'fewer rows in a process than in a call',
      { runMany, maxItems: 100, consumerConcurrency: 50 },
      /^consumerConcurrency is 50, so no call could have more items than that, but maxItems is 100\. Make consumerConcurrency 100 or more/,
    ],
    [
      'a wait beyond the time limit',
      { runMany, maxItems: 3, maxWaitMs: 5000, defaults: { timeoutMs: 5000 } },
      /^maxWaitMs is 5000, and an item that waits so long is stopped after timeoutMs, which is 5000\./,
    ],
  ])('is refused with %s', (_, definition, message) => {
    expect(() => read(definition)).toThrow(message);
  });
});

describe('the work of one item', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const item = (n: number, organizationId = 'one') =>
    ({ data: { n }, organizationId, signal: new AbortController().signal }) as JobContext<unknown>;

  it('is done together with that of other items of the organization, and of no other', async () => {
    const calls: string[] = [];
    const { run } = read({
      maxItems: 2,
      runMany: (items: JobContext<{ n: number }>[]) => {
        calls.push(items.map(({ organizationId, data }) => `${organizationId} ${data.n}`).join(', '));
        return items.map(({ data }) => data.n * 2);
      },
    });
    const all = [item(1), item(2, 'other'), item(3), item(4, 'other'), item(5)].map((one) => run(one));
    await vi.runAllTimersAsync();
    expect(await Promise.all(all)).toEqual([2, 4, 6, 8, 10]);
    expect(calls).toEqual(['one 1, one 3', 'other 2, other 4', 'one 5']);
  });

  it('waits for nobody in a process that runs one row at a time', async () => {
    const definition = { input, maxItems: 2, runMany: (items: unknown[]) => items.map(() => items.length) };
    const { run, many } = readDefinition('many', { default: definition }, { alone: true });
    expect([await run(item(1)), many, vi.getTimerCount()]).toEqual([1, { maxItems: 2 }, 0]);
  });

  it.each<[string, unknown, string]>([
    ['fewer outcomes than items', [1], 'runMany returned 1 outcomes for 2 items. Return an array'],
    ['more', [1, 2, 3], 'runMany returned 3 outcomes for 2 items. Return an array'],
    ['no array', { 0: 1, 1: 2 }, 'runMany returned no array of outcomes for 2 items. Return an array'],
    ['nothing', undefined, 'runMany returned no array of outcomes for 2 items. Return an array'],
  ])('fails for good for every item of a call that returns %s', async (_, answer, message) => {
    const { run } = read({ maxItems: 2, runMany: async () => answer });
    for (const one of await Promise.allSettled([run(item(1)), run(item(2))])) {
      expect(one).toMatchObject({
        status: 'rejected',
        reason: { name: 'PermanentError', code: 'invalid-result', message: expect.stringContaining(message) },
      });
    }
  });
});
