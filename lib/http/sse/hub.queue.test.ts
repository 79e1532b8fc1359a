import { afterEach, expect, it, vi } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { hashApiKey } from '@/lib/domain/auth/api-key';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import type { Context } from '@/lib/domain/context';
import { publishChanges } from '@/lib/events/relay';
import { asMember, createContext, seedBatch } from '@/lib/testing/factories';
import { until } from '@/lib/testing/until';
import { Hub } from './hub';
import { openStream } from './open-stream';
import type { Filter } from './viewer';
import { type Sink, Viewer } from './viewer';

interface Received {
  id: number;
  event: string;
  data: Record<string, never> & { batchId?: string; batches?: { id: string }[]; job?: { id: string; status: string } };
}

/** A client that stores what it receives. It can stop reading. */
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
  get received(): Received[] {
    return this.text
      .split('\n\n')
      .filter((block) => block.startsWith('id: '))
      .map((block) => {
        const [id = '', event = '', data = ''] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
        return { id: Number(id), event, data: JSON.parse(data) };
      });
  }
  events(name: string): Received[] {
    return this.received.filter((m) => m.event === name);
  }
}

const open: Hub[] = [];

async function watch(context: Context, filter: Partial<Filter> = {}, on = new Hub()) {
  open.push(on);
  const client = new Client();
  const viewer = new Viewer(context, { batchIds: new Set(), jobIds: new Set(), flowIds: new Set(), ...filter }, client);
  on.add(viewer);
  await on.refresh(viewer);
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

it('starts with a snapshot and sends the progress of a batch to its organization only', async () => {
  const [ours, theirs] = [await createContext(), await createContext()];
  const { batchId } = await seedBatch(ours, { statuses: ['completed', 'pending'] });
  const { client, hub } = await watch(ours);
  const { client: stranger } = await watch(theirs, {}, hub);
  expect(client.received[0]).toMatchObject({ event: 'snapshot', data: { batches: [{ id: batchId, completed: 1 }] } });
  expect(stranger.received[0]?.data.batches).toEqual([]);

  await finish(batchId);
  await publishChanges({ batches: [batchId], done: [batchId] });
  await until('the batch is done', () => client.events('done').length > 0);
  expect(client.events('done')[0]?.data).toEqual({
    batchId,
    status: 'completed',
    completed: 2,
    failed: 0,
    cancelled: 0,
    warned: 0,
    total: 2,
  });
  const progress = client.events('processing:progress');
  expect(progress.at(-1)?.data).toMatchObject({ batchId, progress: 100, completed: 2, pending: 0 });
  // An error message is never repeated, and the hub may not be subscribed yet.
  await until('the error is sent', async () => {
    await publishChanges({ errors: [{ batchId, message: 'a consumer died' }] });
    return client.events('error').length > 0;
  });
  const ids = client.received.map((m) => m.id);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
  expect(stranger.received.filter((m) => m.event !== 'capacity' && m.event !== 'snapshot')).toEqual([]);
});

it('sends every change of a job to a stream that names it, and nothing else', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['pending', 'pending'] });
  const { client } = await watch(context, { jobIds: new Set([jobIds[0] ?? '']) });
  expect(client.received[0]?.data).toMatchObject({ batches: [], jobs: [{ id: jobIds[0] }] });
  await pool().query("update job set status = 'active', started_at = now() where batch_id = $1", [batchId]);
  // The message contains only the batch. The hub must still read the rows of watched jobs.
  await publishChanges({ batches: [batchId] });
  await until('the job is sent as active', () => client.events('job-update').length > 0);
  for (const current of [1, 2, 3]) {
    await publishChanges({
      progress: [{ jobId: jobIds[0] ?? '', batchId, progress: { current, total: 3, message: null } }],
    });
  }
  await until('all progress is sent', () => client.events('job:progress').length === 3);
  await finish(batchId);
  await publishChanges({ batches: [batchId], done: [batchId] });
  await until('the job is sent as completed', () => client.events('job-completed').length > 0);
  expect(client.received.map((m) => m.data.job?.id).filter((id) => id && id !== jobIds[0])).toEqual([]);
  expect(client.events('processing:progress')).toEqual([]);
});

it('detects a change whose hint was lost', async () => {
  const context = await createContext();
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  const { client } = await watch(context, { batchIds: new Set([batchId]) });
  await finish(batchId);
  await until('the batch is sent as done', () => client.events('done').length > 0);
});

it('sends a batch at most four times a second, and always its last state', async () => {
  const context = await createContext();
  const { batchId } = await seedBatch(context, { statuses: Array.from({ length: 50 }, () => 'pending' as const) });
  const { client } = await watch(context);
  const begun = Date.now();
  for (let n = 1; n <= 40; n += 1) {
    await pool().query('update batch set completed = $2 where id = $1', [batchId, n]);
    await publishChanges({ batches: [batchId] });
  }
  await until('the last count is sent', () =>
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
  const text = client.text.slice(before);
  expect(text).toMatch(/^id: \d+\nevent: snapshot\n/);
  expect(client.events('snapshot').at(-1)?.data.batches?.[0]).toMatchObject({ id: batchId, status: 'completed' });
  expect(client.received.at(-1)).toMatchObject({ event: 'done', data: { batchId, status: 'completed' } });
});

it('ends every stream when it closes', async () => {
  const { client, hub } = await watch(await createContext());
  hub.close();
  expect(client.closed).toBe(true);
  expect(hub.viewers.size).toBe(0);
});

it('reads one snapshot for all simultaneous viewers', async () => {
  const context = await createContext();
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await pool().query(`update batch set metadata = '{"id": 9007199254740993}' where id = $1`, [batchId]);
  const hub = new Hub();
  const asked = vi.spyOn(pool(), 'query');
  const all = await Promise.all(Array.from({ length: 60 }, () => watch(context, {}, hub)));
  const one = await Promise.all(
    Array.from({ length: 60 }, () => watch(context, { batchIds: new Set([batchId]) }, hub)),
  );
  const lists = asked.mock.calls.filter(([text]) => String(text).includes('from batch b'));
  asked.mockRestore();
  // Two for unfiltered streams (unfinished and recent batches), one for the others, and the reads in between.
  expect(lists.length).toBeLessThan(12);
  for (const { client } of [...all, ...one]) {
    expect(client.received[0]).toMatchObject({ event: 'snapshot', data: { batches: [{ id: batchId }] } });
    expect(client.text).toContain('9007199254740993');
  }
  expect(new Set([...all, ...one].map(({ client }) => client.received[0]?.id)).size).toBe(120);
  await finish(batchId);
  await publishChanges({ batches: [batchId], done: [batchId] });
  await until('all received the end', () => [...all, ...one].every(({ client }) => client.events('done').length === 1));
});

it('ends the streams of revoked keys, sessions, members and rights, and no others', async () => {
  const context = await createContext();
  const { organizationId } = context;
  const made = await Promise.all(['a', 'b', 'c'].map((name) => createApiKey(context, { name, role: 'operator' })));
  const keys = made.map(({ apiKey }) => apiKey.id);
  const hashes = new Map(made.map(({ apiKey, key }) => [apiKey.id, hashApiKey(key)]));
  const sessions = await Promise.all(
    ['signed out', 'expired', 'removed', 'kept', 'without payloads', 'another role'].map(async (name) => {
      const [user, session] = [newId(), newId()];
      await pool().query(`insert into "user" (id, name, email) values ($1, $2, $1 || '@example.org')`, [user, name]);
      await pool().query(
        `insert into member (id, organization_id, user_id, role) values ($1::text, $2, $1::text, 'operator')`,
        [user, organizationId],
      );
      await pool().query(
        `insert into session (id, token, expires_at, user_id) values ($1::text, $1::text, now() + interval '1 day', $2)`,
        [session, user],
      );
      return session;
    }),
  );
  const hub = new Hub();
  const streamOf = async (kind: 'key' | 'session', id = '') => {
    const hash = hashes.get(id);
    const credential = { kind, id, ...(hash && { hash }) };
    const { client } = await watch({ ...asMember(context), credential }, {}, hub);
    return client;
  };
  const ended = await Promise.all([
    streamOf('key', keys[0]),
    streamOf('key', keys[1]),
    streamOf('session', sessions[0]),
    streamOf('session', sessions[1]),
    streamOf('session', sessions[2]),
    streamOf('session', sessions[4]),
    streamOf('session', sessions[5]),
  ]);
  const kept = await Promise.all([streamOf('key', keys[2]), streamOf('session', sessions[3])]);
  await pool().query('update api_key set revoked_at = now() where id = $1', [keys[0]]);
  await pool().query(`update api_key set expires_at = now() - interval '1 second' where id = $1`, [keys[1]]);
  await pool().query('delete from session where id = $1', [sessions[0]]);
  await pool().query(`update session set expires_at = now() where id = $1`, [sessions[1]]);
  await pool().query('delete from member where user_id = (select user_id from session where id = $1)', [sessions[2]]);
  await pool().query(
    'update member set sees_payloads = false where user_id = (select user_id from session where id = $1)',
    [sessions[4]],
  );
  await pool().query(`update member set role = 'viewer' where user_id = (select user_id from session where id = $1)`, [
    sessions[5],
  ]);
  const asked = vi.spyOn(pool(), 'query');
  await until('they have ended', () => ended.every((client) => client.closed));
  const checks = asked.mock.calls.filter(([text]) => String(text).includes('from api_key'));
  asked.mockRestore();
  expect(checks.length).toBeLessThanOrEqual(3);
  expect(kept.map((client) => client.closed)).toEqual([false, false]);
  expect(hub.viewers.size).toBe(2);
});

it('allows fifty streams for each key', async () => {
  const made = await createContext();
  const context: Context = { ...made, credential: { kind: 'key', id: newId() } };
  const request = () => new Request('http://localhost/api/events');
  const streams = await Promise.all(Array.from({ length: 50 }, () => openStream(context, request())));
  await expect(openStream(context, request())).rejects.toMatchObject({
    code: 'too-many-streams',
    status: 429,
    retryAfterSeconds: expect.any(Number),
  });
  streams.push(await openStream({ ...context, credential: { kind: 'key', id: newId() } }, request()));
  await streams[0]?.body?.cancel();
  streams[0] = await openStream(context, request());
  await Promise.all(streams.map((stream) => stream.body?.cancel()));
});
