import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { VERSION } from '@/lib/config/version';
import { pool } from '@/lib/db/pool';
import { startSmtpReceiver } from '@/lib/testing/smtp-receiver';
import { examine } from './examine';
import type { Finding } from './finding';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-doctor-'));
const given = { ...env() };
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() =>
  pool()
    .query('delete from consumer')
    .then(() => pool().query('delete from node')),
);
afterEach(() => {
  Object.assign(env(), given);
});

/** The findings, by their check. */
async function found(): Promise<Record<Finding['check'], Finding>> {
  const findings = await examine({
    dataDir: folder,
    start: { state: 'none' },
    examineJobs: async () => ({ folder, folders: [], hash: '', entries: [] }),
  });
  return Object.fromEntries(findings.map((finding) => [finding.check, finding])) as Record<Finding['check'], Finding>;
}

async function addNode(host: string, version: string, ownTypes: Record<string, string>, draining = false) {
  const { rows } = await pool().query<{ id: number }>(
    `insert into node (host, pid, version, own_types, processes, started_at, last_seen_at, drain_requested_at)
     values ($1, 1, $2, $3, 1, now(), now(), case when $4 then now() end) returning id`,
    [host, version, JSON.stringify(ownTypes), draining],
  );
  await pool().query('insert into consumer (node_id, pid, started_at) values ($1, 1, now())', [rows[0]?.id]);
}

test('a prepared database without workers: everything is looked at, and only the workers are missing', async () => {
  const { node, settings, storage, database, migrations, clock, queue, jobs, workers } = await found();
  for (const finding of [node, settings, database, migrations, clock, queue, jobs]) expect(finding.state).toBe('ok');
  expect(storage.state).not.toBe('broken');
  expect(database.found).toMatch(/^Postgres \d+.* connections in use$/);
  expect(clock.found).toContain('between this machine and the database');
  expect(workers).toMatchObject({ state: 'broken', found: 'no worker is alive: all jobs wait' });
});

test('workers are listed with their types; other versions and draining ones are told apart', async () => {
  await addNode('a', VERSION, { sync: 'v1' });
  expect((await found()).workers).toMatchObject({
    state: 'ok',
    found: `a: version ${VERSION}, 1 processes, running; own types: sync v1`,
  });
  await addNode('b', VERSION, { sync: 'v2' });
  expect((await found()).workers).toMatchObject({ state: 'warning', todo: expect.stringContaining('code of sync') });
  await addNode('c', '0.0.1', {});
  expect((await found()).workers).toMatchObject({ state: 'warning', todo: expect.stringContaining('another version') });
  await pool().query('update node set drain_requested_at = now()');
  expect((await found()).workers).toMatchObject({ state: 'broken', found: expect.stringContaining('a is draining') });
});

test('a migration that is missing, and a database that is away', async () => {
  await pool().query(
    `update _prisma_migrations set rolled_back_at = now() where migration_name = (select max(migration_name) from _prisma_migrations)`,
  );
  expect((await found()).migrations).toMatchObject({
    state: 'broken',
    found: expect.stringContaining('1 not applied'),
  });
  await pool().query('update _prisma_migrations set rolled_back_at = null');
  env().DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';
  const { database, workers } = await found();
  expect(database).toMatchObject({ state: 'broken', found: expect.stringContaining('the connection is refused') });
  expect(workers).toMatchObject({ state: 'unknown', found: 'the database can’t be asked' });
});

test('Redis and the mail server are asked where they are configured', async () => {
  env().REDIS_URL = 'redis://127.0.0.1:1';
  const receiver = await startSmtpReceiver({});
  Object.assign(env(), { SMTP_URL: receiver.url, MAIL_FROM: 'Batchyard <batchyard@example.org>' });
  const first = await found();
  expect(first.queue).toMatchObject({ state: 'broken', found: expect.stringContaining('(REDIS_URL)') });
  expect(first.mail).toMatchObject({ state: 'ok', found: expect.stringContaining('accepts the login') });
  await receiver.close();
  expect((await found()).mail).toMatchObject({ state: 'broken', found: expect.stringContaining('ECONNREFUSED') });
});
