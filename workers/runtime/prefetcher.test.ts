import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TakenRow } from '@/lib/domain/job/record-outcomes';
import { PrefetchedRows } from './prefetcher';

vi.mock('@/lib/domain/batch/prefetched', () => ({ PREFETCH_MS: 250, returnPrefetched: async () => [] }));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const row = (id: string) => ({ id }) as TakenRow;

/** A batch of which this many slots run rows of this length. */
function open(slots: number, ms: number) {
  const returned: string[] = [];
  const batch = new PrefetchedRows((jobIds) => returned.push(...jobIds));
  for (let i = 0; i < slots; i += 1) batch.enter();
  batch.measured(ms);
  return { batch, returned };
}

/** Asks for rows, and gets them. */
function fill(batch: PrefetchedRows): void {
  const asked = batch.ask();
  const rows = Array.from({ length: asked }, (_, i) => row(`row ${i + 1}`));
  batch.received(asked, rows, performance.now());
}

describe('rows are prefetched', () => {
  test('as many as slots run, less what is there or on its way', () => {
    const { batch } = open(4, 5);
    expect(batch.ask()).toBe(4);
    expect(batch.ask()).toBe(0);
    batch.received(4, [row('a'), row('b')], performance.now());
    expect(batch.ask()).toBe(2);
  });

  test.each([
    ['rows that run for long', 4, 51],
    ['a batch that is limited by the processor', 500, 1],
  ])('but none of %s', (_, slots, ms) => {
    expect(open(slots, ms).batch.ask()).toBe(0);
  });

  test('but none before a row was measured', () => {
    const batch = new PrefetchedRows(() => undefined);
    batch.enter();
    expect(batch.ask()).toBe(0);
  });

  test('again when rows have become short', () => {
    const { batch } = open(1, 100);
    expect(batch.ask()).toBe(0);
    for (let i = 0; i < 10; i += 1) batch.measured(5);
    expect(batch.ask()).toBe(1);
  });
});

describe('a prefetched row', () => {
  test('starts in the order in which it came', () => {
    const { batch } = open(2, 5);
    fill(batch);
    expect([batch.take()?.id, batch.take()?.id, batch.take()]).toEqual(['row 1', 'row 2', undefined]);
  });

  test('that is too old does not start and is returned', () => {
    const { batch, returned } = open(2, 5);
    fill(batch);
    vi.advanceTimersByTime(200);
    batch.received(0, [row('younger')], performance.now());
    vi.advanceTimersByTime(100);
    expect(batch.take()?.id).toBe('younger');
    expect(returned).toEqual(['row 1', 'row 2']);
  });

  test('is returned when the last slot of its batch ends', () => {
    const { batch, returned } = open(2, 5);
    fill(batch);
    batch.leave();
    expect(returned).toEqual([]);
    batch.leave();
    expect(returned).toEqual(['row 1', 'row 2']);
  });

  test('that arrives after the last slot has ended is returned', () => {
    const { batch, returned } = open(1, 5);
    const asked = batch.ask();
    batch.leave();
    expect(batch.isUnused).toBe(false);
    batch.received(asked, [row('late')], performance.now());
    expect(returned).toEqual(['late']);
    expect(batch.isUnused).toBe(true);
  });
});
