import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keys } from '@/lib/client/keys';
import type { FlowDto, FlowNodesPage } from '@/lib/contracts/flow';
import { CacheWriter } from './cache-writer';
import { aJob } from './fixtures';
import { aFlow, aNode, someCounts } from './flow-fixtures';

let client: QueryClient;
let writer: CacheWriter;
const tree = (): FlowDto | undefined => client.getQueryData(keys.flows.tree('root'));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', () => 0);
  client = new QueryClient();
  writer = new CacheWriter(client);
  client.setQueryData(
    keys.flows.tree('root'),
    aFlow({}, [aNode('a', 'active', [aNode('a1', 'completed')]), aNode('b', 'pending')]),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  client.clear();
});

it('updates the node and the counts of its parent, and leaves the rest unchanged', () => {
  const before = tree();
  writer.take({ event: 'job-completed', data: { job: aJob({ id: 'b', status: 'completed' }) } });
  writer.flush();
  expect(tree()?.children[1]?.job.status).toBe('completed');
  expect(tree()?.childCounts).toEqual(someCounts({ active: 1, completed: 1 }));
  expect(tree()?.children[0]).toBe(before?.children[0]);
});

it('updates nodes of further pages', () => {
  const key = keys.flows.page('root', 'a', '50');
  const page: FlowNodesPage = {
    nodes: [aNode('a51', 'pending')],
    counts: someCounts({ pending: 1 }),
    nextCursor: null,
  };
  client.setQueryData(key, page);
  writer.take({ event: 'job-failed', data: { job: aJob({ id: 'a51', status: 'failed' }) } });
  writer.flush();
  expect(client.getQueryData<FlowNodesPage>(key)?.nodes[0]?.job.status).toBe('failed');
});

it('writes the counts of a flow and has its nodes read again', () => {
  const list = keys.flows.list({}, 50);
  client.setQueryData(list, { pages: [{ flows: [aFlow({})], nextCursor: null }], pageParams: [null] });
  writer.take({
    event: 'flow:progress',
    data: {
      flowId: 'root',
      status: 'completed',
      total: 4,
      counts: someCounts({ completed: 4 }),
      progress: 100,
      finishedAt: '2026-01-01T00:01:00.000Z',
    },
  });
  writer.flush();
  expect(tree()).toMatchObject({ status: 'completed', progress: 100, counts: { completed: 4 } });
  expect(client.getQueryData(list)).toMatchObject({ pages: [{ flows: [{ status: 'completed', progress: 100 }] }] });
  expect(client.getQueryState(keys.flows.tree('root'))?.isInvalidated).toBe(true);
  expect(client.getQueryState(list)?.isInvalidated).toBe(true);
});
