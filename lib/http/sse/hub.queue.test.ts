import { afterEach, expect, it } from 'vitest';
import { newId, pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { publishChanges } from '@/lib/events';
import { createContext, seedBatch, until } from '@/lib/testing';
import type { Filter } from './filter';
import { Hub } from './hub';
import { type Sink, Viewer } from './viewer';

interface Told {
  id: number;
  event: string;
  data: Record<string, never> & { batchId?: string; batches?: { id: string }[]; job?: { id: string; status: string } };
}

/** A client that keeps what it is told; it can stop reading. */
class Client implements Sink {
  text = '';
  reads = true;
  closed = false;
  write(text: string): boolean {
    if (this.reads) this.text += text;
    return this.reads;
  }
  force(text: string): void {
    this.text += text;
  }
  close(): void {
    this.closed = true;
  }
  get told(): Told[] {
    return this.text
      .split('\n\n')
      .filter((block) => block.startsWith('id: '))
      .map((block) => {
        const [id = '', event = '', data = ''] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
        return { id: Number(id), event, data: JSON.parse(data) };
      });
  }
  events(name: string): Told[] {
    return this.told.filter((m) => m.event === name);
  }
}

const open: Hub[] = [];

async function watch(context: Context, filter: Partial<Filter> = {}, on = new Hub()) {
  open.push(on);
  const client = new Client();
  const viewer = new Viewer(context, { batchIds: new Set(), jobIds: new Set(), flowIds: new Set(), ...filter }, client);
  await on.join(viewer);
  return { client, viewer, hub: on };
}

const finish = (batchId: string) =>
  pool().query(
    `with ended as (update job set status = 'completed', finished_at = now() where batch_id = $1 and finished_at is null returning 1)
     update batch set status = 'completed', completed = total, finished_at = now() where id = $1`,
    [batchId],
  );

afterEach(() => {
  for (const hub of open.splice(0)) hub.close();
});

it('begins with a snapshot and tells how a batch goes on, to its organisation only', async () => {
  const [ours, theirs] = [await createContext(), await createContext()];
  const { batchId } = await seedBatch(ours, { statuses: ['completed', 'pending'] });
  const { client, hub } = await watch(ours);
  const { client: stranger } = await watch(theirs, {}, hub);
  expect(client.told[0]).toMatchObject({ event: 'snapshot', data: { batches: [{ id: batchId, completed: 1 }] } });
  expect(stranger.told[0]?.data.batches).toEqual([]);

  await finish(batchId);
  await publishChanges({ batches: [batchId], done: [batchId] });
  await until('the batch is done', () => client.events('done').length > 0);
  expect(client.events('done')[0]?.data).toEqual({
    batchId,
    status: 'completed',
    completed: 2,
    failed: 0,
    cancelled: 0,
    total: 2,
  });
  const progress = client.events('processing:progress');
  expect(progress.at(-1)?.data).toMatchObject({ batchId, progress: 100, completed: 2, pending: 0 });
  // An error is a hint that nothing repeats, and the hub may only just be beginning to listen.
  await until('the error is told', async () => {
    await publishChanges({ errors: [{ batchId, message: 'a consumer died' }] });
    return client.events('error').length > 0;
  });
  const ids = client.told.map((m) => m.id);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
  expect(stranger.told.filter((m) => m.event !== 'capacity' && m.event !== 'snapshot')).toEqual([]);
});

it('tells a stream that names a job of its every change, and of nothing else', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['pending', 'pending'] });
  const { client } = await watch(context, { jobIds: new Set([jobIds[0] ?? '']) });
  expect(client.told[0]?.data).toMatchObject({ batches: [], jobs: [{ id: jobIds[0] }] });
  await pool().query("update job set status = 'active', started_at = now() where batch_id = $1", [batchId]);
  // The hint names only the batch: rows of watched jobs are read all the same.
  await publishChanges({ batches: [batchId] });
  await until('the job is told as active', () => client.events('job-update').length > 0);
  for (const current of [1, 2, 3]) {
    await publishChanges({
      progress: [{ jobId: jobIds[0] ?? '', batchId, progress: { current, total: 3, message: null } }],
    });
  }
  await until('all progress is told', () => client.events('job:progress').length === 3);
  await finish(batchId);
  await publishChanges({ batches: [batchId], done: [batchId] });
  await until('the job is told as completed', () => client.events('job-completed').length > 0);
  expect(client.told.map((m) => m.data.job?.id).filter((id) => id && id !== jobIds[0])).toEqual([]);
  expect(client.events('processing:progress')).toEqual([]);
});

it('finds out by itself when a hint is lost', async () => {
  const context = await createContext();
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  const { client } = await watch(context, { batchIds: new Set([batchId]) });
  await finish(batchId);
  await until('the batch is told as done', () => client.events('done').length > 0);
});

it('tells at most four times a second of a batch, and always of the last', async () => {
  const context = await createContext();
  const { batchId } = await seedBatch(context, { statuses: Array.from({ length: 50 }, () => 'pending' as const) });
  const { client } = await watch(context);
  const begun = Date.now();
  for (let n = 1; n <= 40; n += 1) {
    await pool().query('update batch set completed = $2 where id = $1', [batchId, n]);
    await publishChanges({ batches: [batchId] });
  }
  await until('the last count is told', () =>
    client.events('processing:progress').some((m) => m.data.completed === 40),
  );
  const seconds = (Date.now() - begun) / 1000;
  expect(client.events('processing:progress').length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1);
});

it('gives a client that fell behind a fresh snapshot instead of a backlog', async () => {
  const context = await createContext();
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  const { client, viewer, hub } = await watch(context);
  client.reads = false;
  await finish(batchId);
  await publishChanges({ batches: [batchId] });
  await until('the client is noticed', () => viewer.behind);
  const before = client.text.length;
  await publishChanges({ created: [newId()], batches: [batchId] });
  client.reads = true;
  viewer.behind = false;
  await hub.refresh(viewer);
  const told = client.text.slice(before);
  expect(told).toMatch(/^id: \d+\nevent: snapshot\n/);
  expect(client.events('snapshot').at(-1)?.data.batches?.[0]).toMatchObject({ id: batchId, status: 'completed' });
  expect(client.told.at(-1)).toMatchObject({ event: 'done', data: { batchId, status: 'completed' } });
});

it('ends every stream when it closes', async () => {
  const { client, hub } = await watch(await createContext());
  hub.close();
  expect(client.closed).toBe(true);
  expect(hub.viewers.size).toBe(0);
});
