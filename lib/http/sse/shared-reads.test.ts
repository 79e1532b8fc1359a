import { expect, it } from 'vitest';
import { SharedReads } from './snapshot';

/** Reads that resolve when the test resolves them. */
function reader() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const read = () => {
    running += 1;
    most = Math.max(most, running);
    const number = ends.length;
    return new Promise<number>((resolve) => ends.push(() => resolve(number))).finally(() => {
      running -= 1;
    });
  };
  return { read, ends, most: () => most };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

it('a hundred simultaneous callers share one read that runs and one that follows', async () => {
  const { read, ends, most } = reader();
  const shared = new SharedReads<number>(2);
  const first = [];
  for (let i = 0; i < 3; i += 1) {
    first.push(shared.read('all', read));
    await soon();
  }
  const rest = Array.from({ length: 97 }, () => shared.read('all', read));
  expect(ends).toHaveLength(2);
  for (const end of ends) end();
  await soon();
  expect(ends).toHaveLength(3);
  ends[2]?.();
  expect(await Promise.all([...first, ...rest])).toEqual([0, 1, ...Array.from({ length: 98 }, () => 2)]);
  expect(most()).toBe(2);
});

it('a caller never gets a read that started before its call, and different reads are separate', async () => {
  const { read, ends } = reader();
  const shared = new SharedReads<number>(2);
  const early = shared.read('all', read);
  await soon();
  const late = shared.read('all', read);
  const other = shared.read('one', read);
  await soon();
  ends[0]?.();
  await soon();
  ends[1]?.();
  ends[2]?.();
  expect(await Promise.all([early, late, other])).toEqual([0, 1, 2]);
});

it('a failed read does not block the next ones', async () => {
  const shared = new SharedReads<number>(1);
  const failed = shared.read('all', () => Promise.reject(new Error('away')));
  const next = shared.read('other', () => Promise.resolve(7));
  await expect(failed).rejects.toThrow('away');
  expect(await next).toBe(7);
  expect(await shared.read('all', () => Promise.resolve(8))).toBe(8);
});
