import { describe, expect, it } from 'vitest';
import { parseQuery } from '@/lib/query/parse';
import {
  appliesTo,
  extendTo,
  isEmpty,
  isSelected,
  MAX_PICKED,
  MAX_WITHOUT,
  NOTHING,
  queryOfMatching,
  type Selection,
  selectMatching,
  selectRange,
  selectRows,
  toggleRow,
} from './selection';

interface Row {
  id: string;
  index?: number | null;
}
const row = (n: number): Row => ({ id: `r${n}`, index: n });
const list = (from: number, to: number): Row[] => Array.from({ length: to - from + 1 }, (_, i) => row(from + i));
const ids = (selection: Selection<Row>): string[] =>
  selection.kind === 'some' ? [...selection.rows.keys()] : [...selection.without.keys()];
const start: Selection<Row> = NOTHING;

describe('single rows', () => {
  it('are selected and removed one by one', () => {
    const two = toggleRow(toggleRow(start, row(1)), row(3));
    expect(ids(two)).toEqual(['r1', 'r3']);
    expect(ids(toggleRow(two, row(1)))).toEqual(['r3']);
    expect(isEmpty(two)).toBe(false);
    expect(isEmpty(toggleRow(toggleRow(start, row(1)), row(1)))).toBe(true);
  });

  it('follow the focus from row to row, and are removed on the way back', () => {
    const move = (selection: Selection<Row>, from: number, to: number) =>
      extendTo(selection, list(1, 9), [row(from), row(to)]);
    const three = move(move(start, 4, 5), 5, 6);
    expect(ids(three)).toEqual(['r4', 'r5', 'r6']);
    const two = move(three, 6, 5);
    expect(ids(two)).toEqual(['r4', 'r5']);
    const up = move(move(two, 5, 4), 4, 3);
    expect(ids(up)).toEqual(['r4', 'r3']);
    // Out of everything that matches, rows on the way are already selected.
    const all = selectMatching<Row>({ query: 'status:failed' });
    expect(ids(move(all, 4, 5))).toEqual([]);
  });

  it('are selected as a range from the last one that was toggled, up or down', () => {
    const down = selectRange(toggleRow(start, row(2)), list(1, 9), 'r4');
    expect(ids(down)).toEqual(['r2', 'r3', 'r4']);
    const up = selectRange(toggleRow(start, row(6)), list(1, 9), 'r4');
    expect(new Set(ids(up))).toEqual(new Set(['r4', 'r5', 'r6']));
  });

  it('keep the anchor of a range, so that the next range begins at the same row', () => {
    const first = selectRange(toggleRow(start, row(2)), list(1, 9), 'r4');
    expect(ids(selectRange(first, list(1, 9), 'r6'))).toEqual(['r2', 'r3', 'r4', 'r5', 'r6']);
  });

  it('follow the order that is shown now when a range is selected after sorting', () => {
    const sorted = [row(2), row(9), row(5), row(1)];
    expect(ids(selectRange(toggleRow(start, row(2)), sorted, 'r5'))).toEqual(['r2', 'r9', 'r5']);
  });

  it('stay selected when new rows arrive above and others leave the list', () => {
    const chosen = toggleRow(start, row(2));
    const later = [row(50), row(51), ...list(3, 9)];
    expect(isSelected(chosen, 'r2')).toBe(true);
    // The anchor is gone: there is no range, only the row.
    expect(ids(selectRange(chosen, later, 'r4'))).toEqual(['r2', 'r4']);
  });

  it('are capped, count what did not fit, and take the rows next to the anchor first', () => {
    const many = list(1, MAX_PICKED + 20);
    const down = selectRange(toggleRow(start, row(1)), many, `r${MAX_PICKED + 20}`);
    expect(ids(down)).toHaveLength(MAX_PICKED);
    expect(down.left).toBe(20);
    const up = selectRange(toggleRow(start, row(MAX_PICKED + 20)), many, 'r1');
    expect(up.left).toBe(20);
    expect(isSelected(up, `r${MAX_PICKED + 19}`)).toBe(true);
    expect(isSelected(up, 'r1')).toBe(false);
    expect(toggleRow(up, row(MAX_PICKED + 20)).left).toBe(0);
  });

  it('are replaced by those of a list', () => {
    expect(ids(selectRows(list(3, 5)))).toEqual(['r3', 'r4', 'r5']);
  });
});

describe('everything that matches', () => {
  const all = selectMatching<Row>({ query: 'status:failed' });

  it('selects rows that nobody has loaded, and new ones', () => {
    expect(isSelected(all, 'r1')).toBe(true);
    expect(isSelected(all, 'never seen')).toBe(true);
    expect(queryOfMatching(all as never)).toBe('status:failed');
  });

  it('leaves out single rows, and takes them in again', () => {
    const without = toggleRow(toggleRow(all, row(1)), row(2));
    expect(isSelected(without, 'r1')).toBe(false);
    expect(without.kind === 'all' && queryOfMatching(without)).toBe('status:failed -id:r1,r2');
    expect(ids(toggleRow(without, row(1)))).toEqual(['r2']);
  });

  it('gives a query that is understood, also with as many rows left out as there may be', () => {
    let some: Selection<{ id: string }> = selectMatching({ query: 'status:failed' });
    for (let n = 0; n < MAX_WITHOUT + 5; n += 1) {
      some = toggleRow(some, { id: `0199aaaa-0000-7000-8000-${String(n).padStart(12, '0')}` });
    }
    expect(some.left).toBe(1);
    if (some.kind !== 'all') throw new Error('it is a query');
    expect(parseQuery(queryOfMatching(some), 'jobs').problems).toEqual([]);
  });

  it('is a range of items after a drag, and a row outside begins a new selection', () => {
    const items = selectMatching<Row>({ query: 'batch:b1', items: [2, 5] });
    expect([1, 2, 4, 5].map((n) => isSelected(items, `r${n}`, n))).toEqual([false, true, true, false]);
    expect(items.kind === 'all' && queryOfMatching(items)).toBe('batch:b1 item:3..5');
    expect(ids(toggleRow(items, row(7)))).toEqual(['r7']);
    const less = toggleRow(items, row(3));
    expect(less.kind).toBe('all');
    expect(isSelected(toggleRow(less, row(3)), 'r3', 3)).toBe(true);
  });
});

describe('counts', () => {
  it('say how many an action applies to, and what the others are', () => {
    expect(appliesTo({ failed: 11, cancelled: 1, active: 8, completed: 0 }, ['failed', 'cancelled'])).toEqual({
      applies: 12,
      of: 20,
      others: '8 are active',
    });
    expect(appliesTo({ completed: 1, active: 1200 }, ['failed'])).toEqual({
      applies: 0,
      of: 1201,
      others: '1 is completed, 1,200 are active',
    });
    expect(appliesTo({ failed: 3 }, ['failed']).others).toBe('');
  });
});
