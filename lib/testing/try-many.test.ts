import { runInNewContext } from 'node:vm';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineJob, PermanentError } from '@/lib/own-jobs/public';
import { tryJob, tryMany } from './try-definition';

const lookUp = defineJob({
  input: z.object({ word: z.string().trim() }),
  output: z.object({ length: z.int() }),
  maxItems: 3,
  async runMany(items) {
    const [first] = items;
    const key = await first?.secret('KEY');
    first?.log('info', `looks up ${items.length} with ${key}`);
    if (items.some(({ data }) => data.word === 'down')) throw new Error(`down for ${key}`);
    if (items.some(({ data }) => data.word === 'short')) return [];
    return items.map(({ data }) => {
      if (data.word === '') return new PermanentError('The word is empty.', 'empty');
      if (data.word === 'elsewhere') return runInNewContext("new RangeError('of another realm')") as Error;
      items.at(-1)?.log('info', `${data.word} with ${key}`);
      return { length: data.word === 'odd' ? ('odd' as never) : data.word.length };
    });
  },
});
const secrets = { KEY: 'a-long-value' };

test('several items are tried in one call, each with its result or its error', async () => {
  const words = [{ word: 'four ' }, { word: '' }, { word: 'odd' }];
  const tried = await tryMany(lookUp, words, { secrets });
  expect(tried.map(({ result, error }) => result ?? error)).toEqual([
    { length: 4 },
    expect.objectContaining({ name: 'PermanentError', code: 'empty' }),
    expect.objectContaining({ name: 'ZodError' }),
  ]);
  expect(tried.map(({ logs }) => logs)).toEqual([
    ['looks up 3 with [secret KEY]'],
    [],
    ['four with [secret KEY]', 'odd with [secret KEY]'],
  ]);
});

test('one item is tried as that of any other job', async () => {
  expect(await tryJob(lookUp, { word: 'four' }, { secrets })).toMatchObject({
    result: { length: 4 },
    logs: ['looks up 1 with [secret KEY]', 'four with [secret KEY]'],
  });
  await expect(tryJob(lookUp, { word: '' }, { secrets })).rejects.toMatchObject({ code: 'empty' });
  await expect(tryJob(lookUp, { word: 'elsewhere' }, { secrets })).rejects.toMatchObject({
    name: 'RangeError',
    message: 'of another realm',
  });
});

test('what the call throws is thrown, without secrets', async () => {
  await expect(tryMany(lookUp, [{ word: 'a' }, { word: 'down' }], { secrets })).rejects.toThrow(
    'down for [secret KEY]',
  );
});

test('an answer that has not one outcome for each item, and too many items, are refused with both numbers', async () => {
  await expect(tryMany(lookUp, [{ word: 'short' }, { word: 'a' }], { secrets })).rejects.toMatchObject({
    code: 'invalid-result',
    message: expect.stringMatching(/^runMany returned 0 outcomes for 2 items\. /),
  });
  const four = ['a', 'b', 'c', 'd'].map((word) => ({ word }));
  await expect(tryMany(lookUp, four)).rejects.toThrow('4 items are more than a call has: maxItems is 3.');
});

test('the compiler knows the items and outcomes, and refuses other ones', () => {
  expectTypeOf(lookUp.runMany).parameter(0).items.toMatchTypeOf<{ data: { word: string }; attempt: number }>();
  const input = z.object({ n: z.int() });
  const output = z.object({ n: z.int() });
  defineJob({
    input,
    output,
    maxItems: 3,
    // @ts-expect-error: n is no number
    runMany: async (items) => items.map(({ data }) => ({ n: String(data.n) })),
  });
  // @ts-expect-error: maxItems is missing
  defineJob({ input, output, runMany: async (items) => items.map(() => ({ n: 1 })) });
  // @ts-expect-error: it has both
  defineJob({ input, output, maxItems: 3, runMany: () => [{ n: 1 }], run: () => ({ n: 1 }) });
  expectTypeOf(defineJob({ input, output, run: ({ data }) => data }).run).toBeFunction();
});
