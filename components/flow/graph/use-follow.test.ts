import { expect, it } from 'vitest';
import { aJob } from '@/lib/client/live/fixtures';
import { layoutOf } from './layout';
import { aTree, aWideTree } from './tree-fixtures';
import type { TreeNode } from './tree-node';
import { runningNow } from './use-follow';
import { allShown, defaultShown, FAN, viewOf } from './view';

const running = (id: string, startedAt: string): TreeNode => ({
  ...aTree(id, [], 'active'),
  job: aJob({ id, status: 'active', startedAt }),
});

it('follows the running job that started last', () => {
  const root = aTree('root', [
    running('a', '2026-01-01T00:00:05.000Z'),
    running('b', '2026-01-01T00:00:09.000Z'),
    aTree('c'),
  ]);
  expect(runningNow(layoutOf(viewOf(root, allShown(root))))?.item.id).toBe('b');
});

it('follows the counted node that hides running jobs, and nothing when no job runs', () => {
  const fan = aWideTree(FAN + 5, { active: 1, pending: FAN + 4 });
  expect(runningNow(layoutOf(viewOf(fan, defaultShown(fan))))?.item).toMatchObject({ kind: 'fan', parentId: 'root' });
  const done = aWideTree(3, { completed: 3 });
  expect(runningNow(layoutOf(viewOf(done, allShown(done))))).toBeUndefined();
});
