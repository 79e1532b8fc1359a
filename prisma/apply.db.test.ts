import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrl } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import { until } from '@/lib/testing/until';
import { applyMigrations, migrateQueues } from './apply';
import { diffSchemas } from './diff';
import { readMigrations, readSchema } from './folder';

/** Creates an empty database, because the database of the test is already migrated. */
async function openDatabase(label: string) {
  const name = `${label}_${process.pid}`;
  await pool().query(`create database ${name}`);
  const url = new URL(databaseUrl());
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return {
    url: url.href,
    ask: async <T extends pg.QueryResultRow>(sql: string): Promise<T[]> => (await client.query<T>(sql)).rows,
    drop: async () => {
      await client.end();
      await pool().query(`drop database ${name} with (force)`);
    },
  };
}

describe('migrations', () => {
  let fresh: Awaited<ReturnType<typeof openDatabase>>;

  beforeAll(async () => {
    fresh = await openDatabase('fresh');
  });
  afterAll(() => fresh.drop());

  it('update an empty database once', async () => {
    const applied = await applyMigrations(fresh.url);
    expect(applied[0]).toBe('0001_init');
    expect(await applyMigrations(fresh.url)).toEqual([]);
    const noted = await fresh.ask<{ name: string }>('select migration_name as name from _prisma_migrations order by 1');
    expect(noted.map((row) => row.name)).toEqual(applied);
  });

  it('are applied once where two starts meet on an empty database', async () => {
    const both = await openDatabase('both');
    const [one, other] = await Promise.all([applyMigrations(both.url), applyMigrations(both.url)]);
    expect([one.length, other.length].sort((a, b) => a - b)).toEqual([0, (await readMigrations()).length]);
    await both.drop();
  });

  it('wait for another start as long as it needs', async () => {
    const slow = await openDatabase('slow');
    await slow.ask('select pg_advisory_lock(72707369)');
    const start = applyMigrations(slow.url);
    await until('it waits', async () => {
      const waiting = await slow.ask(
        `select 1 from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      );
      return waiting.length === 1;
    });
    await slow.ask('select pg_advisory_unlock(72707369)');
    expect((await start).length).toBeGreaterThan(0);
    await slow.drop();
  });

  it('that fail leave nothing, and are named; those before them stay', async () => {
    const half = await openDatabase('half');
    const good = { name: '0001_good', sql: 'create table good (id int);' };
    const bad = { name: '0002_bad', sql: 'create table bad (id int); select 1 / 0;' };
    await expect(applyMigrations(half.url, [good, bad])).rejects.toThrow(/0002_bad.*division by zero/);
    const tables = await half.ask(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
    expect(tables).toEqual([{ name: '_prisma_migrations' }, { name: 'good' }]);
    expect(await applyMigrations(half.url, [good, { ...bad, sql: 'create table bad (id int);' }])).toEqual([
      '0002_bad',
    ]);
    await half.drop();
  });

  it('refuse a database that holds tables of something else', async () => {
    const taken = await openDatabase('taken');
    await taken.ask('create table invoices (id int)');
    await expect(applyMigrations(taken.url)).rejects.toThrow(/already has tables \(invoices\)/);
    await taken.drop();
  });

  // Migrations may contain more than the schema can express, but they must not contradict it.
  it('create what schema.prisma defines', async () => {
    const plain = await openDatabase('plain');
    await plain.ask(await diffSchemas(null, await readSchema()));
    for (const facts of [COLUMNS, INDEXES]) {
      const wanted = await plain.ask<{ fact: string }>(facts);
      const made = new Set((await fresh.ask<{ fact: string }>(facts)).map((row) => row.fact));
      expect(wanted.map((row) => row.fact).filter((fact) => !made.has(fact))).toEqual([]);
    }
    await plain.drop();
  });

  it('create the tables of the queues too, also when several processes start at once', async () => {
    await Promise.all([migrateQueues(fresh.url), migrateQueues(fresh.url)]);
    const tables = await fresh.ask(`select 1 from information_schema.tables where table_schema = 'bullmq'`);
    expect(tables.length).toBeGreaterThan(0);
  });

  it('set the vacuum of the queue’s hot tables like that of the product’s, unless an operator set it', async () => {
    await fresh.ask('alter table bullmq.event reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_limit)');
    await fresh.ask('alter table bullmq.job set (autovacuum_vacuum_cost_limit = 300)');
    await migrateQueues(fresh.url);
    const settings = await fresh.ask<{ name: string; options: string[] }>(
      `select relname as name, reloptions as options from pg_class
       where relnamespace = 'bullmq'::regnamespace and reloptions is not null order by 1`,
    );
    expect(settings).toEqual([
      { name: 'event', options: ['autovacuum_vacuum_scale_factor=0.02', 'autovacuum_vacuum_cost_limit=2000'] },
      { name: 'job', options: ['autovacuum_vacuum_scale_factor=0.02', 'autovacuum_vacuum_cost_limit=300'] },
    ]);
  });

  it('refuse impossible statuses and counters', async () => {
    const batch = (values: string) =>
      fresh.ask(`insert into batch (id, organization_id, type, name, status, options, correlation_id, total, completed)
                 values (gen_random_uuid(), 'o', 't', 'n', ${values})`);
    await expect(batch(`'odd', '{}', 'c', 1, 0`)).rejects.toThrow('batch_status_check');
    await expect(batch(`'pending', '{}', 'c', 1, 2`)).rejects.toThrow('batch_counters_check');
    await expect(batch(`'pending', '{}', 'c', 1, -1`)).rejects.toThrow('batch_counters_check');
    await expect(batch(`'pending', '{}', 'c', 1, 1`)).resolves.toEqual([]);
  });

  it('leave room on the pages of hot tables', async () => {
    const rows = await fresh.ask(
      `select 1 from pg_class where relname in ('job', 'batch', 'batch_dispatch') and reloptions::text like '%fillfactor%'`,
    );
    expect(rows).toHaveLength(3);
  });
});

const COLUMNS = `select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as fact
  from information_schema.columns where table_schema = 'public' order by 1`;
const INDEXES = `select indexdef as fact from pg_indexes where schemaname = 'public' order by 1`;
