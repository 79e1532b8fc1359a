import { expect, test } from 'vitest';
import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEvents } from '@/lib/contracts/events';
import { systemContext } from '@/lib/domain/context';
import { Viewer } from './viewer';

const batch = (fields: Partial<BatchDto>): BatchDto =>
  ({
    id: 'b',
    run: 1,
    status: 'in-progress',
    total: 2,
    completed: 0,
    costs: {},
    startedAt: '2030-01-01T00:00:00Z',
    finishedAt: null,
    ...fields,
  }) as BatchDto;
const snapshot = (b: BatchDto) => ({ batches: [b], capacity: { workers: [] } }) as unknown as ServerEvents['snapshot'];

test('a client that fell behind at the end of a batch gets the end after its snapshot', () => {
  let room = true;
  const sent: string[] = [];
  const take = (text: string) => sent.push(/event: (\S+)/.exec(text)?.[1] ?? '');
  const viewer = new Viewer(systemContext('o'), { batchIds: ['b'], jobIds: [] } as never, {
    write: (text) => room && take(text) > 0,
    force: take,
    close: () => undefined,
  });
  viewer.snapshot(snapshot(batch({})));
  viewer.batch(batch({ completed: 1 }));
  room = false;
  const over = batch({ completed: 2, status: 'completed', finishedAt: '2030-01-01T00:01:00Z' });
  viewer.batch(over);
  expect(viewer.behind).toBe(true);
  room = true;
  viewer.snapshot(snapshot(over));
  expect(sent).toEqual(['snapshot', 'processing:progress', 'snapshot', 'processing:progress', 'done']);
  viewer.snapshot(snapshot(over));
  expect(sent.filter((event) => event === 'done')).toHaveLength(1);
});
