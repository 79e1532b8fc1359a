import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { startOwnRedis } from '@/lib/testing/services/redis';

const redis = await startOwnRedis();
process.env.REDIS_URL = redis.url;
process.env.QUEUE_PREFIX = 'yard';
const { env } = await import('@/lib/config/env');
const { closeEvents } = await import('@/lib/events/relay');
const { eventsRoundTrip } = await import('@/lib/events/round-trip');
const { checkRedis } = await import('./check-redis');
const { roundTrip } = await import('./round-trip');
const admin = new Redis(redis.url);
const { port } = new URL(redis.url);

afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});
afterEach(() => {
  env().REDIS_URL = redis.url;
});

/** Returns what `checkRedis` reports for this address. */
async function said(url: string): Promise<{ message: string; waitingHelps: boolean }> {
  env().REDIS_URL = url;
  return checkRedis().then(
    ({ remarks }) => ({ message: remarks.join(), waitingHelps: false }),
    (error) => error,
  );
}

/** Creates a user with these rules. @returns its URL */
async function user(...rules: string[]): Promise<string> {
  await admin.call('ACL', 'SETUSER', 'yard', 'reset', 'on', '>secret', ...rules);
  return `redis://yard:secret@127.0.0.1:${port}`;
}

test('a working Redis has no findings, also for a user with the documented rights', async () => {
  expect((await said(redis.url)).message).toBe('');
  const rules = [
    '~yard:*',
    '+@all',
    '-@admin',
    '-@dangerous',
    '+info',
    '+client|setname',
    '+client|list',
    '+client|info',
  ];
  expect((await said(await user(...rules))).message).toBe('');
  await roundTrip(10_000);
  await eventsRoundTrip(10_000);
  await closeEvents();
});

test.each([
  [['~yard:*', '+@all', '-@dangerous'], 'info'],
  [['~yard:*', '+@all', '-zadd'], 'zadd'],
  [['~yard:*', '+@all', '-@scripting'], 'eval, evalsha'],
  [['~yard:*', '+@all', '-@blocking'], 'bzpopmin'],
  [['~yard:*', '+@all', '-multi'], 'multi'],
])('a user with the rules %j lacks %s, which is reported as permanent', async (rules, missing) => {
  const { message, waitingHelps } = await said(await user(...rules));
  expect(message).toMatch(new RegExp(`may not use the commands? [\\w, ]*${missing}`));
  expect(waitingHelps).toBe(false);
});

test('a missing database number is refused, and not replaced by the first one', async () => {
  const { message, waitingHelps } = await said(`${redis.url.replace(/\/$/, '')}/99`);
  expect([message, waitingHelps]).toEqual(['Redis has no database of the number that REDIS_URL names', false]);
});

test('a user without access to the keys of the prefix gets an error with the prefix', async () => {
  expect((await said(await user('~other:*', '+@all'))).message).toContain('keys that begin with yard:');
});

test('a wrong password is named and not repeated', async () => {
  const right = await user('~*', '+@all');
  const { message, waitingHelps } = await said(right.replace('secret', 'wrong-one'));
  expect(message).toContain('refuses the user or the password in REDIS_URL');
  expect(message).not.toContain('wrong-one');
  expect(waitingHelps).toBe(false);
});

test('a closed port and an unknown host are named with the variable, as temporary', async () => {
  const closed = await said('redis://127.0.0.1:1');
  expect(closed.message).toContain('nothing listens at 127.0.0.1:1 (REDIS_URL)');
  expect(closed.waitingHelps).toBe(true);
  expect(await said('redis://nowhere.invalid:6379')).toMatchObject({
    message: expect.stringContaining('nowhere.invalid'),
    waitingHelps: true,
  });
});

test('a Cluster is refused', async () => {
  const cluster = await startOwnRedis('--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${process.pid}.conf`);
  expect(await said(cluster.url)).toMatchObject({ message: expect.stringContaining('Cluster'), waitingHelps: false });
  await cluster.stop();
});

test('a replica is read-only, which is reported as temporary', async () => {
  const replica = await startOwnRedis('--replicaof', '127.0.0.1', port);
  expect(await said(replica.url)).toMatchObject({ message: expect.stringContaining('replica'), waitingHelps: true });
  await replica.stop();
});

test('a Redis that may evict data is accepted with a remark', async () => {
  await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
  expect((await said(redis.url)).message).toContain('maxmemory-policy allkeys-lru');
  await admin.config('SET', 'maxmemory-policy', 'noeviction');
});

test('a server that is not Redis is named so', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: other } = server.address() as AddressInfo;
  vi.spyOn(console, 'error').mockReturnValue(undefined);
  expect((await said(`redis://127.0.0.1:${other}`)).message).toContain('is no Redis');
  server.close();
});
