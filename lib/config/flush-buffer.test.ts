import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FlushBuffer } from './flush-buffer';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('writes everything that was added within the interval at once, and then waits for more', () => {
  const written: number[][] = [];
  const buffer = new FlushBuffer<number[]>(
    () => [],
    10,
    (numbers) => void written.push(numbers),
  );
  buffer.open().push(1);
  vi.advanceTimersByTime(9);
  buffer.open().push(2);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(written).toEqual([[1, 2]]);
  vi.advanceTimersByTime(100);
  buffer.open().push(3);
  vi.advanceTimersByTime(10);
  expect(written).toEqual([[1, 2], [3]]);
});

test('a flush writes at once and cancels the scheduled one', async () => {
  const written: number[][] = [];
  const buffer = new FlushBuffer<number[]>(
    () => [],
    10,
    async (numbers) => void written.push(numbers),
  );
  buffer.open().push(1);
  await buffer.flush();
  vi.advanceTimersByTime(100);
  expect(written).toEqual([[1]]);
});
