import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type SliceRow, searchBack } from './search-back';

/** A list of rows by number, of which each tenth matches. */
function rowsOf(count: number) {
  const sizes: number[] = [];
  const read = async (cursor: string | undefined, size: number): Promise<SliceRow> => {
    sizes.push(size);
    const from = cursor === undefined ? count : Number(cursor);
    const slice = Array.from({ length: Math.min(size, from) }, (_, i) => from - 1 - i);
    const found = slice.filter((row) => row % 10 === 0).map(String);
    return {
      read: slice.length,
      last: slice.length > 0 ? String(slice.at(-1)) : null,
      found: found.length > 0 ? found : null,
    };
  };
  return { read, sizes };
}

it('reads slices until a page is full, and continues behind its last row', async () => {
  const { read } = rowsOf(5_000);
  const first = await searchBack({ read, cursor: undefined, most: 51, exact: false });
  expect(first.ids).toHaveLength(50);
  expect(first.nextCursor).toBe(first.ids.at(-1));
  expect(first.searched).toEqual({ all: false, rows: 1_000 });
  const second = await searchBack({ read, cursor: first.nextCursor ?? '', most: 51, exact: false });
  expect(Number(second.ids[0])).toBe(Number(first.ids.at(-1)) - 10);
});

it('says that everything was searched at the end', async () => {
  const { read } = rowsOf(55);
  const result = await searchBack({ read, cursor: undefined, most: 51, exact: false });
  expect(result).toEqual({
    ids: ['50', '40', '30', '20', '10', '0'],
    nextCursor: null,
    searched: { all: true, rows: 55 },
  });
});

it('stops at its limit of time, and its cursor is where it came to', async () => {
  const { read, sizes } = rowsOf(1_000_000);
  const result = await searchBack({ read, cursor: undefined, most: 1_000_000, exact: false, limitMs: 0 });
  expect(sizes).toEqual([1_000]);
  expect(result.searched).toEqual({ all: false, rows: 1_000 });
  expect(result.nextCursor).toBe('999000');
  expect(result.ids).toHaveLength(100);
});

it('repeats a slice that took too long with fewer rows, and gives up at a single one', async () => {
  const sizes: number[] = [];
  const slow = async (_cursor: string | undefined, size: number): Promise<SliceRow | undefined> => {
    sizes.push(size);
    return size > 10 ? undefined : { read: size - 1, last: null, found: null };
  };
  expect((await searchBack({ read: slow, cursor: undefined, most: 2, exact: false })).searched.all).toBe(true);
  expect(sizes).toEqual([1_000, 62, 3]);
  const stuck = searchBack({ read: async () => undefined, cursor: undefined, most: 2, exact: false });
  await expect(stuck).rejects.toMatchObject({ code: 'unavailable' });
});

it('reads more rows at once where a slice takes the same time whatever its size is, to read all', async () => {
  const { read, sizes } = rowsOf(20_000);
  const { searched } = await searchBack({
    read: async (cursor, size) => {
      await sleep(20);
      return read(cursor, size);
    },
    ...{ cursor: undefined, most: Number.POSITIVE_INFINITY, exact: true, limitMs: 60_000, sliceMs: 5 },
  });
  expect(searched).toEqual({ all: true, rows: 20_000 });
  // Slices that become smaller and smaller would be thousands.
  expect(sizes.length).toBeLessThan(100);
});
