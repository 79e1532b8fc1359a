import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MicroBatch } from './claim-and-record';

/** Calls that end when the test says so. */
function controlled() {
  const calls: { inputs: number[]; end: () => void }[] = [];
  const batch = new MicroBatch<number, number>(
    (inputs) =>
      new Promise((resolve) => {
        calls.push({ inputs, end: () => resolve(inputs.map((n) => n * 10)) });
      }),
  );
  return { batch, calls, sizes: () => calls.map((call) => call.inputs.length) };
}

test('an input is processed at once while no call is in flight', async () => {
  const { batch, calls } = controlled();
  const result = batch.add(1);
  await nextRound();
  expect(calls).toHaveLength(1);
  calls[0]?.end();
  expect(await result).toBe(10);
});

test('inputs of one round of the event loop share a call, and each gets its own output', async () => {
  const { batch, calls, sizes } = controlled();
  const results = [1, 2, 3].map((n) => batch.add(n));
  await nextRound();
  expect(sizes()).toEqual([3]);
  calls[0]?.end();
  expect(await Promise.all(results)).toEqual([10, 20, 30]);
});

test('two calls are in flight at most, and later inputs are collected', async () => {
  const { batch, calls, sizes } = controlled();
  const results: Promise<number>[] = [];
  for (let n = 0; n < 6; n += 1) {
    results.push(batch.add(n));
    await nextRound();
  }
  expect(sizes()).toEqual([1, 1]);
  calls[0]?.end();
  await results[0];
  await nextRound();
  expect(sizes()).toEqual([1, 1, 4]);
  for (const call of calls) call.end();
  expect(await Promise.all(results)).toEqual([0, 10, 20, 30, 40, 50]);
  await batch.drain();
});

test('a call takes five hundred inputs at most', async () => {
  const { batch, calls, sizes } = controlled();
  const results = Array.from({ length: 1200 }, (_, n) => batch.add(n));
  await nextRound();
  expect(sizes()).toEqual([500, 500]);
  calls[0]?.end();
  await results[0];
  await nextRound();
  expect(sizes()).toEqual([500, 500, 200]);
  for (const call of calls) call.end();
  await Promise.all(results);
});

test('an error reaches every caller of its call, and the next call is made', async () => {
  let fails = true;
  const batch = new MicroBatch<number, number>(async (inputs) => {
    if (fails) throw new Error('refused');
    return inputs;
  });
  const results = await Promise.allSettled([batch.add(1), batch.add(2)]);
  expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await batch.add(3)).toBe(3);
});
