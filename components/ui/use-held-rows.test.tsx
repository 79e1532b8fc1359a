import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useHeldRows } from './use-held-rows';

const rowsOf = (...ids: string[]) => ids.map((id) => ({ id }));
const READ = { isFetching: false, isFetchedAfterMount: true };
const OPENING = { isFetching: true, isFetchedAfterMount: false };

interface Props {
  rows: string[];
  query?: typeof READ;
}

const hold = (rows: string[], query?: typeof READ) =>
  renderHook(({ rows: now, query: reading = READ }: Props) => useHeldRows(rowsOf(...now), reading, ''), {
    initialProps: query ? { rows, query } : { rows },
  });

it('keeps the rows in place while newer ones arrive above them, until they are wanted', () => {
  const { result, rerender } = hold(['b', 'a']);
  rerender({ rows: ['c', 'b', 'a'] });
  expect(result.current).toMatchObject({ rows: rowsOf('b', 'a'), waiting: 1 });
  result.current.release();
  rerender({ rows: ['c', 'b', 'a'] });
  expect(result.current).toMatchObject({ rows: rowsOf('c', 'b', 'a'), waiting: 0 });
});

it('shows what came since the page was left, when it opens again with remembered rows', () => {
  const { result, rerender } = hold(['b', 'a'], OPENING);
  expect(result.current).toMatchObject({ rows: rowsOf('b', 'a'), waiting: 0 });
  rerender({ rows: ['c', 'b', 'a'] });
  expect(result.current).toMatchObject({ rows: rowsOf('c', 'b', 'a'), waiting: 0 });
  rerender({ rows: ['d', 'c', 'b', 'a'] });
  expect(result.current).toMatchObject({ rows: rowsOf('c', 'b', 'a'), waiting: 1 });
});

it('keeps remembered rows in place if they were read a moment ago', () => {
  const { result, rerender } = hold(['b', 'a'], { isFetching: false, isFetchedAfterMount: false });
  rerender({ rows: ['b', 'a'], query: OPENING });
  rerender({ rows: ['c', 'b', 'a'] });
  expect(result.current).toMatchObject({ rows: rowsOf('b', 'a'), waiting: 1 });
});
