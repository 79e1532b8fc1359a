import { describe, expect, it } from 'vitest';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import { collect } from '@/lib/testing/collect';
import { csvItems } from './csv-items';
import { ndjsonItems, splitLines } from './ndjson-items';

async function* bytes(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const all = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let i = 0; i < all.length; i += size) yield all.subarray(i, i + size);
}

const all = (items: AsyncIterable<LaunchItem>) => collect(items);
const ndjson = (text: string | Uint8Array) => all(ndjsonItems(bytes(text)));
const csv = (text: string | Uint8Array, type = 'diagnostic') => all(csvItems(bytes(text), itemFromCsv(type)));

describe('splitLines', () => {
  it('finds lines over any cut, with and without a last line break', async () => {
    for (const size of [1, 2, 3, 100]) {
      expect(await collect(splitLines(bytes('\uFEFFä\n\nbc\r\nd', size), 10))).toEqual([
        { text: 'ä' },
        { text: 'bc\r' },
        { text: 'd' },
      ]);
    }
  });

  it('skips and reports a line beyond the limit, and continues', async () => {
    expect(await collect(splitLines(bytes(`a\n${'x'.repeat(5000)}\nb`), 1024))).toEqual([
      { text: 'a' },
      { broken: 'is longer than 1 KiB' },
      { text: 'b' },
    ]);
  });
});

describe('NDJSON', () => {
  it('returns items with rows from 1, without blank lines', async () => {
    expect(await ndjson('\uFEFF{"a":1}\r\n\n  \n[2]\n"three"')).toEqual([
      { row: 1, data: { a: 1 } },
      { row: 2, data: [2] },
      { row: 3, data: 'three' },
    ]);
  });

  it('reports a broken line with its row and continues', async () => {
    const items = await ndjson('{"a":1}\n{"a":}\n{"a":3}');
    expect(items[1]).toMatchObject({ row: 2, issue: { message: expect.stringContaining('position 5') } });
    expect(items[2]).toEqual({ row: 3, data: { a: 3 } });
  });

  it('reports bytes that are not UTF-8 and lines that are too long', async () => {
    expect(await ndjson(Uint8Array.from([0x22, 0xff, 0x22, 0x0a, 0x31]))).toEqual([
      { row: 1, issue: { path: '', message: 'is not valid UTF-8' } },
      { row: 2, data: 1 },
    ]);
    const items = await all(ndjsonItems(bytes(`1\n"${'x'.repeat(1024 ** 2 + 5)}"\n2`, 65_536)));
    expect(items.map((i) => ('issue' in i ? i.issue.message : i.data))).toEqual([1, 'is longer than 1024 KiB', 2]);
  });
});

describe('CSV', () => {
  it('creates items by the schema of the type', async () => {
    expect(await csv('\uFEFFdurationMs,outcome,payload\r\n5,fail,"a ""b"", c"\r\n,complete,"{""x"":[1]}"\r\n')).toEqual(
      [
        { row: 1, data: { durationMs: 5, outcome: 'fail', payload: 'a "b", c' } },
        { row: 2, data: { outcome: 'complete', payload: { x: [1] } } },
      ],
    );
  });

  it('leaves an invalid number to the validation', async () => {
    expect(await csv('durationMs\nsoon\n')).toEqual([{ row: 1, data: { durationMs: 'soon' } }]);
  });

  it('reads cells with line breaks, semicolons and tabs', async () => {
    expect(await csv('title;text\n"a\nb";c', 'document-processing')).toEqual([
      { row: 1, data: { title: 'a\nb', text: 'c' } },
    ]);
    expect(await csv('title\ttext\na\tb', 'document-processing')).toEqual([
      { row: 1, data: { title: 'a', text: 'b' } },
    ]);
  });

  it('applies a line that names the delimiter, and skips blank rows', async () => {
    expect(await csv('sep=;\r\ndurationMs;payload\r\n1;"a,b"\r\n ;\r\n;\r\n2;c')).toEqual([
      { row: 1, data: { durationMs: 1, payload: 'a,b' } },
      { row: 4, data: { durationMs: 2, payload: 'c' } },
    ]);
  });

  it('reports a row with too few or too many cells and continues', async () => {
    const items = await csv('durationMs,steps\n1\n1,2\n1,2,3\n');
    expect(items).toEqual([
      { row: 1, issue: { path: '', message: 'has 1 cells, the header has 2' } },
      { row: 2, data: { durationMs: 1, steps: 2 } },
      { row: 3, issue: { path: '', message: 'has 3 cells, the header has 2' } },
    ]);
  });

  it('reports a quote that is never closed with its row and continues', async () => {
    expect(await csv('payload\na\n"b\nc\n')).toEqual([
      { row: 1, data: { payload: 'a' } },
      { row: 2, issue: { path: '', message: 'a quoted cell is never closed' } },
      { row: 3, data: { payload: 'c' } },
    ]);
  });

  it('reports a row that is too long and continues', async () => {
    const long = 'x'.repeat(1024 ** 2 + 10);
    expect(await all(csvItems(bytes(`payload\na\n${long}\nb`, 65_536), itemFromCsv('diagnostic')))).toEqual([
      { row: 1, data: { payload: 'a' } },
      { row: 2, issue: { path: '', message: 'is longer than 1,048,576 characters' } },
      { row: 3, data: { payload: 'b' } },
    ]);
  });

  it('accepts only delimiters of the header, and chooses the one that fits the rows best', async () => {
    expect(await csv('payload\na;b\nc;d')).toMatchObject([{ data: { payload: 'a;b' } }, { data: { payload: 'c;d' } }]);
    expect(await csv('"durationMs,x";payload\n1;"a,b"\n2;c')).toMatchObject([
      { data: { payload: 'a,b' } },
      { data: { payload: 'c' } },
    ]);
  });

  it('refuses bytes that are not UTF-8, and headers that are empty or repeated', async () => {
    await expect(csv(Uint8Array.from([0x61, 0x0a, 0xe4, 0x0a]))).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(csv('a,,b\n1,2,3')).rejects.toThrow('no name for column 2');
    await expect(csv('a,b,a\n1,2,3')).rejects.toThrow('names "a" twice');
    const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`).join(',');
    expect(await csv(`${names(2000)}\n${names(2000)}`)).toHaveLength(1);
    await expect(csv(`${names(100_000)}\n1`)).rejects.toThrow('has 100000 columns; at most 2000 are read');
    expect(() => csv('payload\n1', 'nonsense')).toThrow('There is no job type');
  });

  it('returns nothing for an empty body or a header without rows', async () => {
    expect(await csv('')).toEqual([]);
    expect(await csv('payload\n')).toEqual([]);
  });

  it('passes on an upload that breaks off', async () => {
    async function* broken() {
      yield new TextEncoder().encode('payload\n1\n');
      throw new Error('aborted');
    }
    await expect(all(csvItems(broken(), itemFromCsv('diagnostic')))).rejects.toThrow('aborted');
  });
});
