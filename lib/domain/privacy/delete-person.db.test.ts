import { beforeAll, describe, expect, it, vi } from 'vitest';
import { DELETED_PERSON } from '@/lib/contracts/person';
import { pool } from '@/lib/db/pool';
import { listEntries } from '@/lib/domain/audit/list-entries';
import type { Context } from '@/lib/domain/context';
import { storageOf } from '@/lib/domain/file/storage/storage-of';
import { createContext, createMember } from '@/lib/testing/factories';
import { EMAIL, FIRST_NAME, NAME, PASSWORD, type Planted, plantPerson, signIn } from '@/lib/testing/known-person';
import { until } from '@/lib/testing/until';
import { deletePerson } from './delete-person';
import { purgePeople } from './purge-people';

vi.hoisted(() => {
  process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
});

/** Columns whose name sounds like a person, and that hold none or that nobody fills here. */
const NOT_A_PERSON = ['audit.actor_kind', 'batch.name_by', 'import.name_by', 'session.second_factor'];

/** Returns the columns of all tables in which one of the texts occurs, whatever its type. */
async function columnsWith(texts: readonly string[]): Promise<string[]> {
  const { rows: columns } = await pool().query<{ schema: string; table: string; column: string }>(
    `select c.table_schema as schema, c.table_name as table, c.column_name as column
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where table_schema in ('public', 'bullmq') and t.table_type = 'BASE TABLE' and c.data_type <> 'bytea'`,
  );
  const found = [];
  for (const { schema, table, column } of columns) {
    const { rowCount } = await pool().query(
      `select from "${schema}"."${table}" where exists
         (select from unnest($1::text[]) given where strpos(lower("${column}"::text), lower(given)) > 0) limit 1`,
      [texts],
    );
    if (rowCount) found.push(`${table}.${column}`);
  }
  return found.sort();
}

/** Returns the text as JSON has it, without the quotes. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const settled = () => pool().query("update person_deletion set requested_at = now() - interval '11 seconds'");

let home: Context;
let planted: Planted;
let texts: string[];

beforeAll(async () => {
  home = await createContext({ name: 'Ana' });
  const { context } = await createMember(home, { name: 'Ana' });
  home = { ...context, actor: { ...home.actor, id: context.actor.id } };
  await pool().query('update "user" set system_admin = true where id = $1', [home.actor.id]);
  planted = await plantPerson(home);
  texts = [FIRST_NAME, inJson(FIRST_NAME), EMAIL, planted.userId, '192.0.2.77'];
});

describe('a deleted person', () => {
  it('was known in every column that is made for a person', async () => {
    const found = await columnsWith([...texts, NAME]);
    const { rows } = await pool().query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'person_deletion'
         and data_type in ('text', 'uuid') and column_name ~ '(_by|_for)$|^user_id$|actor|email'`,
    );
    const missing = rows
      .map(({ name }) => name)
      .filter((name) => !found.includes(name) && !NOT_A_PERSON.includes(name));
    expect(missing).toEqual([]);
    expect(found).toEqual(expect.arrayContaining(['audit.after', 'audit.before', 'verification.value', 'job.data']));
  });

  it('is gone at once, and from every column after the sweep', async () => {
    const { userId, exportFile, apiKeyId } = planted;
    const deleted = await deletePerson(home, userId, { email: EMAIL });
    expect(deleted).toMatchObject({ id: userId, deleting: true, apiKeys: [{ id: apiKeyId, name: 'nightly' }] });
    expect((await signIn(EMAIL, PASSWORD)).status).toBe(401);
    expect(await purgePeople()).toEqual([]);
    await settled();
    await until('the person is gone', async () => (await purgePeople()).includes(userId));
    expect(await columnsWith(texts)).toEqual([]);
    const storage = await storageOf('local');
    await expect(storage.open(exportFile)).rejects.toThrow();
  });

  it('leaves what was made, and the API key stays valid', async () => {
    const { batchId, apiKeyId } = planted;
    const { rows } = await pool().query(
      `select (select created_by from batch where id = $1) as batch, (select created_by from secret where name = 'TOKEN') as secret,
         (select revoked_at from api_key where id = $2) as revoked,
         (select array_agg(distinct created_by) from job where batch_id = $1) as children`,
      [batchId, apiKeyId],
    );
    expect(rows).toEqual([
      {
        batch: DELETED_PERSON,
        secret: DELETED_PERSON,
        revoked: null,
        children: expect.arrayContaining([DELETED_PERSON]),
      },
    ]);
  });

  it('keeps what somebody else of the same name made', async () => {
    const { rows } = await pool().query(
      `select b.created_by, a.actor, a.actor_id from batch b join audit a on a.target_id = b.id::text where b.id = $1`,
      [planted.theirBatch],
    );
    expect(rows).toEqual([{ created_by: NAME, actor: NAME, actor_id: planted.namesake.actor.id }]);
    const { rows: jobs } = await pool().query(
      `select count(*)::int as n from job j join audit a on a.target_id = j.id::text and a.actor_id = $2 where j.created_by = $1`,
      [NAME, planted.namesake.actor.id],
    );
    expect(jobs).toEqual([{ n: 1 }]);
  });

  it('is one pseudonym in the audit log, which records who deleted whom and how much', async () => {
    const { entries } = await listEntries(home, { limit: 100 });
    const purge = entries.find(({ action }) => action === 'user.purge');
    expect(purge).toMatchObject({
      actor: { kind: 'system' },
      target: { kind: 'user', id: expect.stringMatching(/^deleted-/), name: DELETED_PERSON },
      after: {
        removed: {
          memberships: 2,
          sessions: 1,
          accounts: 1,
          passkeys: 1,
          batches: 1,
          secrets: 1,
          mappings: 1,
          schedules: 1,
          views: 1,
          bulkActions: 1,
          channels: 1,
          rules: 1,
          imports: 1,
          exports: 2,
          apiKeys: 1,
        },
        requestedBy: { kind: 'user', id: home.actor.id, name: 'Ana' },
      },
    });
    const alias = purge?.target.id;
    const own = entries.filter(({ actor }) => actor.id === alias);
    expect(own.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['session.sign-in', 'batch.launch', 'user.update']),
    );
    expect(new Set(own.map(({ actor, address }) => `${actor.name} ${address}`))).toEqual(
      new Set([`${DELETED_PERSON} null`]),
    );
    expect(entries.filter(({ action }) => action === 'user.delete')).toHaveLength(2);
    expect(entries.find(({ action }) => action === 'organization.purge')).toMatchObject({
      after: { requestedBy: { kind: 'user', id: alias, name: DELETED_PERSON } },
    });
    expect(entries.find(({ action }) => action === 'audit.erase')).toMatchObject({ target: { id: alias } });
  });

  it('leaves no name behind either when everybody who had it is gone', async () => {
    const userId = planted.namesake.actor.id;
    await deletePerson(home, userId, { email: `${userId}@example.org` });
    await settled();
    await until('the other one is gone', async () => (await purgePeople()).includes(userId));
    expect(await columnsWith([NAME])).toEqual([]);
  });
});
