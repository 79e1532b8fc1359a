import { expect, it } from 'vitest';
import { RowSet } from './row-set';

it('keeps rows that are far apart, also after the database has stored them', () => {
  const set = new RowSet();
  const rows = [1, 8, 9, 64, 1000, 1_000_000];
  for (const row of rows) set.add(row);
  const again = new RowSet(set.bytes());
  for (const row of rows) {
    expect(again.has(row)).toBe(true);
    expect(again.has(row + 1)).toBe(rows.includes(row + 1));
  }
  expect(set.bytes()).toHaveLength(125_000);
  expect(again.has(2_000_000)).toBe(false);
});

it('without rows is empty', () => {
  expect(new RowSet().bytes()).toHaveLength(0);
  expect(new RowSet(new Uint8Array()).has(1)).toBe(false);
});
