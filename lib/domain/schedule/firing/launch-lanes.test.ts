import { expect, it } from 'vitest';
import { LaunchLanes } from './launch-lanes';

it('a long launch of an organization leaves it room for a short one, and others for both', () => {
  const lanes = new LaunchLanes(2);
  expect(lanes.take('a', true)).toBe(true);
  expect(lanes.open()).toMatchObject({ withoutShort: [], withoutLong: ['a'] });
  expect(lanes.take('a', false)).toBe(true);
  expect(lanes.take('a', false)).toBe(false);
  expect(lanes.open()).toMatchObject({ withoutShort: ['a'], withoutLong: ['a'] });
  expect(lanes.open(lanes.of('a', false))).toMatchObject({ withoutShort: [], withoutLong: ['a'] });
});

it('long launches never take all places', () => {
  const lanes = new LaunchLanes(2);
  expect(['a', 'b', 'c'].map((id) => lanes.take(id, true))).toEqual([true, true, false]);
  expect(lanes.open().withoutLong).toBe(null);
  lanes.free(lanes.of('a', true));
  expect(lanes.open().withoutLong).toEqual(['b']);
});

it('who had a turn comes after those who had none, until the next round', () => {
  const lanes = new LaunchLanes(2);
  lanes.serve('a');
  lanes.serve('b');
  expect(lanes.open().served).toEqual(['a', 'b']);
  lanes.serve('a');
  expect(lanes.open().served).toEqual(['a']);
});
