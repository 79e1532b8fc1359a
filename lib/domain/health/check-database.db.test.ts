import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { checkDatabase } from './check-database';

const given = new URL(process.env.DATABASE_URL ?? '');
const admin = new pg.Client({ connectionString: given.href });
const role = `poor_${given.pathname.slice(1)}`;

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create role ${role} login password 'poor'`);
});
afterEach(() => {
  env().DATABASE_URL = given.href;
});
afterAll(async () => {
  await admin.query(`drop owned by ${role}`);
  await admin.query(`drop role ${role}`);
  await admin.end();
});

/** Returns the error of the check for a changed address. */
async function said(change: (url: URL) => void): Promise<{ message: string; waitingHelps: boolean }> {
  const url = new URL(given.href);
  change(url);
  env().DATABASE_URL = url.href;
  return checkDatabase().then(
    () => ({ message: '', waitingHelps: false }),
    (error) => error,
  );
}

/** Starts a proxy that drops the start-up parameter `options`, like a pooler that is configured to ignore it. */
async function startForgetfulPooler(): Promise<{ port: number; stop(): void }> {
  const server = createServer((client) => {
    const upstream = connect(Number(given.port), given.hostname);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.once('data', (first) => {
      const words = first.subarray(8).toString('latin1').split('\0').slice(0, -2);
      const kept = words.flatMap((word, i) =>
        i % 2 === 0 && word !== 'options' && word ? [word, words[i + 1] ?? ''] : [],
      );
      const body = Buffer.from(`${kept.join('\0')}\0\0`, 'latin1');
      const head = Buffer.from(first.subarray(0, 8));
      head.writeInt32BE(8 + body.length, 0);
      upstream.write(Buffer.concat([head, body]));
      client.pipe(upstream);
      upstream.pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}

test('the embedded Postgres is accepted', async () => {
  expect((await said(() => undefined)).message).toBe('');
});

test('a wrong password and an unknown database are named, and the password is not repeated', async () => {
  const password = await said((url) => {
    url.password = 'wrong-one';
  });
  expect(password).toMatchObject({
    message: expect.stringContaining('refuses the user or the password'),
    waitingHelps: false,
  });
  expect(password.message).not.toContain('wrong-one');
  const database = await said((url) => {
    url.pathname = '/nowhere';
  });
  expect(database).toMatchObject({ message: expect.stringContaining('does not exist'), waitingHelps: false });
});

test('a closed port and an unknown host are reported as temporary', async () => {
  const closed = await said((url) => {
    url.port = '1';
  });
  expect(closed).toMatchObject({ message: expect.stringContaining('(DATABASE_URL)'), waitingHelps: true });
  const unknown = await said((url) => {
    url.hostname = 'nowhere.invalid';
  });
  expect(unknown).toMatchObject({ message: expect.stringContaining('nowhere.invalid'), waitingHelps: true });
});

test('a user that may not create tables is refused while there are none', async () => {
  await admin.query(`alter schema bullmq rename to elsewhere`);
  const poor = await said((url) => {
    url.username = role;
    url.password = 'poor';
  });
  await admin.query(`alter schema elsewhere rename to bullmq`);
  expect(poor).toMatchObject({ message: expect.stringContaining('may not create schemas'), waitingHelps: false });
});

test('a pooler that drops the search path is refused', async () => {
  const pooler = await startForgetfulPooler();
  const through = await said((url) => {
    url.port = String(pooler.port);
  });
  pooler.stop();
  expect(through).toMatchObject({ message: expect.stringContaining('ignore_startup_parameters'), waitingHelps: false });
});
