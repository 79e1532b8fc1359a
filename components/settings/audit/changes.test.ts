import { expect, it } from 'vitest';
import { changesOf } from './changes';

it('lists the fields that differ, with their paths', () => {
  const before = { role: 'viewer', options: { concurrency: 2, priority: 1 }, name: 'a' };
  const after = { role: 'admin', options: { concurrency: 5, priority: 1 }, name: 'a' };
  expect(changesOf(before, after)).toEqual([
    { path: 'role', before: 'viewer', after: 'admin' },
    { path: 'options.concurrency', before: '2', after: '5' },
  ]);
});

it('lists everything of an action that replaces nothing, and of one that removes', () => {
  expect(changesOf(undefined, { hosts: ['a', 'b'], force: true })).toEqual([
    { path: 'hosts', before: null, after: '["a","b"]' },
    { path: 'force', before: null, after: 'true' },
  ]);
  expect(changesOf({ limit: 5 }, { limit: null })).toEqual([{ path: 'limit', before: '5', after: null }]);
  expect(changesOf(undefined, 'seen')).toEqual([{ path: 'value', before: null, after: 'seen' }]);
  expect(changesOf(undefined, undefined)).toEqual([]);
});
