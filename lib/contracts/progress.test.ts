import { expect, it } from 'vitest';
import { batchProgress, doneOf } from './progress';

const counts = {
  completed: 10,
  failed: 2,
  cancelled: 80,
  total: 100,
  sealed: true,
  announced: null,
  cancelMode: null,
  status: 'in-progress',
} as const;

it('counts items that were cancelled one by one', () => {
  expect([doneOf(counts), batchProgress(counts)]).toEqual([92, 92]);
});

it.each(['graceful', 'force'] as const)('counts no item that a cancel of the batch ended: %s', (cancelMode) => {
  expect([doneOf({ ...counts, cancelMode }), batchProgress({ ...counts, cancelMode })]).toEqual([12, 12]);
  expect(batchProgress({ ...counts, cancelMode, status: 'cancelled' })).toBe(12);
});

it('counts all items of a flow that completed although a cancel was requested', () => {
  expect(doneOf({ ...counts, cancelMode: 'graceful', status: 'completed' })).toBe(92);
});

it('stays below 100 until the batch is sealed, and counts announced items as open', () => {
  const full = { ...counts, completed: 18 };
  expect(batchProgress(full)).toBe(100);
  expect(batchProgress({ ...full, sealed: false })).toBe(99);
  expect(batchProgress({ ...full, sealed: false, announced: 200 })).toBe(50);
});

it('is 0 for a batch without items', () => {
  expect(batchProgress({ ...counts, completed: 0, failed: 0, cancelled: 0, total: 0 })).toBe(0);
});
