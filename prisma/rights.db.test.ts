import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrl } from '@/lib/config/env';
import { createAppRole } from '@/lib/testing/services/app-role';
import { applyMigrations, migrateQueues } from './apply';
import { grantRights, refuseForeignObjects } from './rights';

let app: Awaited<ReturnType<typeof createAppRole>>;
let product: pg.Client;
let owner: pg.Client;

beforeAll(async () => {
  app = await createAppRole(databaseUrl());
  product = new pg.Client({ connectionString: app.url });
  owner = new pg.Client({ connectionString: databaseUrl() });
  await Promise.all([product.connect(), owner.connect()]);
});

afterAll(async () => {
  await Promise.all([product.end(), owner.end()]);
  await app.drop();
});

describe('the role of the running product', () => {
  it.each([
    `insert into organization (id, name, slug) values ('rights', 'Rights', 'rights')`,
    `update organization set name = 'Other' where id = 'rights'`,
    `insert into job_tally (organization_id, type, total, completed, failed, cancelled) values ('rights', 'x', 0, 0, 0, 0)`,
    'select * from in_flight',
    'select * from _prisma_migrations',
    'select * from bullmq.job',
    // As BullMQ does for a queue that it sees for the first time.
    `select bullmq.next_job_id('a-new-queue')`,
    'create temp table mine (id int) on commit drop',
    `delete from organization where id = 'rights'`,
  ])('reads and writes rows: %s', async (statement) => {
    await product.query(statement);
  });

  it.each([
    'create table mine (id int)',
    'create schema mine',
    'create function mine() returns int language sql as $$ select 1 $$',
    'alter table job add column mine int',
    'drop table job',
    'truncate job',
    'create trigger mine before insert on job for each row execute function suppress_redundant_updates_trigger()',
    'alter table audit disable trigger all',
    `update audit set actor = 'another'`,
    'delete from audit',
    'truncate audit',
    'delete from _prisma_migrations',
    'delete from bullmq.migration',
    'create role mine',
    `copy job to program 'true'`,
    'set role batchyard_admin',
  ])('changes no tables, no rights and nothing that was recorded: %s', async (statement) => {
    await expect(product.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^42501$|^22023$/),
    });
  });
});

const MAY_ERASE = `select has_function_privilege($1, 'audit_erase(text, bigint, integer)', 'EXECUTE') as may`;

it('people are erased from the audit log by the product and its owner, and by no other role', async () => {
  await owner.query('begin');
  await owner.query('create role erasing_stranger');
  const { rows } = await owner.query(MAY_ERASE, ['erasing_stranger']);
  await owner.query('rollback');
  expect(rows).toEqual([{ may: false }]);
  // The product calls it, and it refuses a person whose deletion was not requested.
  await expect(product.query(`select * from audit_erase('nobody', 0, 10)`)).rejects.toThrow(
    'Only a person whose account',
  );
});

it('a first start needs no superuser', async () => {
  const url = new URL(databaseUrl());
  const name = `first_start_${process.pid}`;
  [url.username, url.password, url.pathname] = [name, 'a-password-of-a-test', name];
  await owner.query(`create role ${name} login nosuperuser password 'a-password-of-a-test'`);
  await owner.query(`create database ${name} owner ${name}`);
  try {
    expect((await applyMigrations(url.href)).length).toBeGreaterThan(0);
    await migrateQueues(url.href);
    const { rows } = await product.query<{ name: string }>('select session_user as name');
    const productUrl = new URL(app.url);
    productUrl.pathname = name;
    expect(await grantRights(url.href, productUrl.href)).toBeGreaterThan(0);
    const client = new pg.Client({ connectionString: productUrl.href });
    await client.connect();
    expect((await client.query(MAY_ERASE, [rows[0]?.name])).rows).toEqual([{ may: true }]);
    await client.end();
  } finally {
    await owner.query(`drop database ${name} with (force)`);
    await owner.query(`drop role ${name}`);
  }
});

describe('granting', () => {
  it('changes nothing where all rights are as they should be', async () => {
    expect(await grantRights(databaseUrl(), app.url)).toBe(0);
  });

  it('changes nothing where the product has the role of the owner', async () => {
    expect(await grantRights(databaseUrl(), databaseUrl())).toBe(0);
    expect(await grantRights(`${databaseUrl()}?application_name=other`, databaseUrl())).toBe(0);
  });

  it('follows a migration that adds a table, and takes what was given by hand', async () => {
    const { rows } = await product.query<{ name: string }>('select session_user as name');
    await owner.query(`create table added (id int); grant all on audit to ${rows[0]?.name}`);
    await expect(product.query('select * from added')).rejects.toMatchObject({ code: '42501' });
    await Promise.all([grantRights(databaseUrl(), app.url), grantRights(databaseUrl(), app.url)]);
    await product.query('select * from added');
    await expect(product.query('delete from audit')).rejects.toMatchObject({ code: '42501' });
    await owner.query('drop table added');
  });
});

describe('a machine that knows only the role of the product', () => {
  it('starts on a database that another one prepared', async () => {
    expect(await applyMigrations(app.url)).toEqual([]);
    await migrateQueues(app.url);
  });

  it('does not take a migration that failed for one that is applied', async () => {
    const last = '(select max(migration_name) from _prisma_migrations)';
    await owner.query(`update _prisma_migrations set finished_at = null where migration_name = ${last}`);
    await expect(applyMigrations(databaseUrl())).rejects.toThrow(/failed/);
    await owner.query(`update _prisma_migrations set finished_at = now() where migration_name = ${last}`);
    expect(await applyMigrations(databaseUrl())).toEqual([]);
  });
});

describe('before a migration', () => {
  it('nothing is accepted that the product made in the schema of the queues', async () => {
    await refuseForeignObjects(databaseUrl(), app.url);
    await product.query(
      `create function bullmq.now() returns timestamptz language sql as $$ select null::timestamptz $$`,
    );
    await product.query('create table bullmq.mine (id int)');
    await expect(refuseForeignObjects(databaseUrl(), app.url)).rejects.toThrow(/now\(\).*mine/);
    await refuseForeignObjects(databaseUrl(), databaseUrl());
    await product.query('drop table bullmq.mine; drop function bullmq.now()');
  });
});
