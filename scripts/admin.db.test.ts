import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const place = mkdtempSync(join(tmpdir(), 'batchyard-admin-'));
// Of root's start, another account runs Postgres and has to reach it.
chmodSync(place, 0o711);
const dataDir = join(place, 'data');
afterAll(() => rmSync(place, { recursive: true }));

/** What `pg_dump` needs: it connects as its environment says, and may read everything. */
const PROGRAM = `
const { default: pg } = await import('pg');
const client = new pg.Client();
await client.connect();
const { rows } = await client.query("select current_database() as name, rolsuper from pg_roles where rolname = current_user");
console.log(JSON.stringify(rows));
await client.end();
process.exit(3);`;

function admin(databaseUrl: string) {
  const args = ['scripts/admin.mjs', 'with-database', process.execPath, '--input-type=module', '--eval', PROGRAM];
  const env = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: databaseUrl };
  return spawnSync(process.execPath, args, { encoding: 'utf8', env });
}

test('a command finds the embedded database, which is started for it alone, and its exit code counts', () => {
  const { status, stdout, stderr } = admin('');
  expect(stdout, stderr).toContain('[{"name":"batchyard","rolsuper":true}]');
  expect(status).toBe(3);
  expect(existsSync(join(dataDir, 'start.lock'))).toBe(false);
  const cluster = join(dataDir, 'postgres', 'cluster');
  expect(['PG_VERSION', 'postmaster.pid'].map((name) => existsSync(join(cluster, name)))).toEqual([true, false]);
});

test('a Postgres of your own is left to its own address', () => {
  const { status, stderr } = admin('postgresql://a:b@127.0.0.1:1/c');
  expect(stderr).toContain('DATABASE_URL names a Postgres of your own: give its address to the command itself.');
  expect(status).toBe(1);
});
