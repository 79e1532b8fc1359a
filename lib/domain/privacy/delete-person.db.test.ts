import { beforeAll, describe, expect, it, vi } from 'vitest';
import { DELETED_PERSON } from '@/lib/contracts/person';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { listEntries } from '@/lib/domain/audit/list-entries';
import { auth } from '@/lib/domain/auth/auth';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { publicUrl } from '@/lib/domain/auth/origins';
import { hashPassword } from '@/lib/domain/auth/password-hash';
import { createResetLink } from '@/lib/domain/auth/reset-password';
import { addItems } from '@/lib/domain/batch/add-items';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { storageOf } from '@/lib/domain/file/storage/storage-of';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { changeImport } from '@/lib/domain/import/change-import';
import { saveMapping } from '@/lib/domain/import/mappings';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { acceptInvitation } from '@/lib/domain/organization/accept-invitation';
import { deleteOrganization } from '@/lib/domain/organization/delete-organization';
import { createInvitation } from '@/lib/domain/organization/invitations';
import { purgeOrganizations } from '@/lib/domain/organization/purge-organizations';
import { listExports, startExport } from '@/lib/domain/privacy/exports';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { createView } from '@/lib/domain/view/create-view';
import { createContext, createMember, createOrganization } from '@/lib/testing/factories';
import { bring } from '@/lib/testing/imports';
import { asItems } from '@/lib/testing/items';
import { createHourly } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';
import { deletePerson } from './delete-person';
import { purgePeople } from './purge-people';

vi.hoisted(() => {
  process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
});

const FIRST_NAME = 'Zdenka "Zed" Žižková';
const NAME = 'Zdenka Quux-7391';
const EMAIL = 'zdenka.7391@example.org';
const PASSWORD = 'a quiet lantern in the harbor';

/** Columns whose name says that they hold a person, and that nobody fills here. */
const NOT_A_PERSON = ['audit.actor_kind', 'session.second_factor'];

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

async function signIn(email: string, password: string): Promise<Response> {
  const origin = publicUrl();
  return auth().handler(
    new Request(`${origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email, password }),
    }),
  );
}

async function rename(cookie: string, name: string): Promise<Response> {
  const origin = publicUrl();
  return auth().handler(
    new Request(`${origin}/api/auth/update-user`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, cookie },
      body: JSON.stringify({ name }),
    }),
  );
}

interface Planted {
  person: Context;
  userId: string;
  /** somebody else with the same name, in the same organization */
  namesake: Context;
  theirBatch: string;
  batchId: string;
  exportFile: string;
  apiKeyId: string;
}

/** Lets a person do everything that the product offers, in two organizations. */
async function plant(home: Context): Promise<Planted> {
  const { userId } = await createMember(home, { name: FIRST_NAME, email: EMAIL, role: 'owner' });
  await pool().query(
    `insert into account (id, account_id, provider_id, user_id, password, updated_at) values ($1, $2, 'credential', $2, $3, now())`,
    [newId(), userId, await hashPassword(PASSWORD)],
  );
  expect((await signIn('Zdenka.7391@example.org', 'not this one')).status).toBe(401);
  const answer = await signIn(EMAIL, PASSWORD);
  expect(answer.status).toBe(200);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ');
  expect((await rename(cookie, NAME)).status).toBe(200);
  const { rows: sessions } = await pool().query<{ id: string }>('select id from session where user_id = $1', [userId]);
  const person: Context = {
    actor: { kind: 'user', id: userId, name: NAME, role: 'owner', seesPayloads: true, systemAdmin: true },
    organizationId: home.organizationId,
    credential: { kind: 'session', id: sessions[0]?.id ?? '' },
    origin: { address: '192.0.2.77', requestId: 'r-1' },
  };
  await pool().query(
    `insert into passkey (id, name, public_key, user_id, credential_id, counter, device_type, backed_up)
     values ($1, 'Key of Zdenka Quux-7391', 'k', $2, $1, 0, 'x', false)`,
    [newId(), userId],
  );
  await pool().query(`insert into two_factor (id, user_id, secret, backup_codes) values ($1, $2, 's', 'b')`, [
    newId(),
    userId,
  ]);
  await createResetLink(EMAIL);

  // A second organization, by an invitation.
  const other: Context = { ...home, organizationId: await createOrganization('Elsewhere') };
  await createMember(other, { name: 'Ori' });
  const { id, url } = await createInvitation(other, { email: EMAIL, role: 'admin', seesPayloads: true });
  const token = new URL(url).searchParams.get('token') ?? '';
  await acceptInvitation(id, { token }, { userId, origin: { address: '192.0.2.77', requestId: 'r-2' } });
  const elsewhere = { ...person, organizationId: other.organizationId };
  await createInvitation(elsewhere, { email: 'somebody@example.org', role: 'viewer', seesPayloads: true });
  await createJob(elsewhere, { type: 'diagnostic', data: {} });

  const { apiKey } = await createApiKey(person, { name: 'nightly', role: 'operator' });
  await createSecret(person, { name: 'TOKEN', value: 'a value of theirs', hosts: ['*'], replace: false });
  await saveMapping(person, { type: 'diagnostic', name: 'theirs', mapping: {} });
  await createHourly(person);
  await storeFile(person, { name: 'theirs.txt', body: bytesOf('theirs') });
  const launch = (by: Context) =>
    launchBatch(by, {
      fields: { name: 'b', type: 'diagnostic', start: 'manual', sealed: false },
      items: asItems([{}]),
    });
  const { result } = await launch(person);
  await addItems(person, result.batchId, { items: asItems([{}]) });
  await createJob(person, { parentJobId: result.batchId, type: 'diagnostic', data: {} });
  const { job } = await createJob(person, { type: 'diagnostic', data: {}, delayMs: 3_600_000 });
  await cancelJob(person, job.id);
  await createFlows(person, {
    flow: { name: 'f', type: 'diagnostic', children: [{ name: 'c', type: 'diagnostic' }] },
  });
  for (const shared of [true, false]) {
    await createView(person, { name: 'v', of: 'jobs', query: '', shared, isDefault: false });
  }
  const table = await bring(person, 'table.csv', 'a,b\n1,2\n');
  await changeImport(person, table.id, { mapping: {} });

  // An organization that they deleted names them in what the sweep recorded.
  const closed = await createOrganization('Closed');
  await createMember({ ...home, organizationId: closed });
  await pool().query('insert into member (id, organization_id, user_id, role) values ($1, $2, $3, $4)', [
    newId(),
    closed,
    userId,
    'owner',
  ]);
  await deleteOrganization({ ...person, organizationId: closed }, closed);
  await pool().query("update organization set deleting_at = now() - interval '1 minute' where id = $1", [closed]);
  await until('the organization is gone', async () => (await purgeOrganizations(100)).includes(closed));

  const { context: namesake } = await createMember(home, { name: NAME, role: 'operator' });
  const theirs = await launch(namesake);
  await createJob(namesake, { type: 'diagnostic', data: {} });

  await startExport(person, { of: 'me' });
  const [started] = await listExports(person);
  await pool().query(`update job set status = 'completed', attempt = 1, finished_at = now() where id = $1`, [
    started?.id,
  ]);
  const { fileId: exportFile } = await storeFile(person, { name: 'export.zip', body: bytesOf('everything') });
  await pool().query('update file set only_for = $2, job_id = $3, attempt = 1 where id = $1', [
    exportFile,
    userId,
    started?.id,
  ]);
  await startExport(elsewhere, { of: 'me' });
  return {
    person,
    userId,
    namesake,
    theirBatch: theirs.result.batchId,
    batchId: result.batchId,
    exportFile,
    apiKeyId: apiKey.id,
  };
}

async function* bytesOf(text: string) {
  yield new TextEncoder().encode(text);
}

const settled = () => pool().query("update person_deletion set requested_at = now() - interval '11 seconds'");

let home: Context;
let planted: Planted;
let texts: string[];

beforeAll(async () => {
  home = await createContext({ name: 'Ana' });
  const { context } = await createMember(home, { name: 'Ana' });
  home = { ...context, actor: { ...home.actor, id: context.actor.id } };
  await pool().query('update "user" set system_admin = true where id = $1', [home.actor.id]);
  planted = await plant(home);
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

describe('the audit log', () => {
  it('lets nobody be erased who has an account, or whose deletion was not requested', async () => {
    const { userId } = await createMember(home, { name: 'Eve' });
    const erase = (id: string) => pool().query('select * from audit_erase($1, 0, 100)', [id]);
    await expect(erase(newId())).rejects.toMatchObject({ code: '42501' });
    await pool().query(
      `insert into person_deletion (user_id, alias, name, email, names, organization_ids, row_ids) values ($1, 'a', 'Eve', 'e', '{}', '{}', '{}')`,
      [userId],
    );
    await expect(erase(userId)).rejects.toMatchObject({ code: '42501' });
    await pool().query('delete from person_deletion where user_id = $1', [userId]);
  });

  it.each([
    "action = 'batch.see'",
    "actor = 'Eve'",
    "at = now() - interval '1 year'",
    "target_name = 'another'",
    "address = '192.0.2.1'",
    'organization_id = null',
  ])('refuses every change but erasing, also while something is erased: %s', async (change) => {
    const client = await pool().connect();
    try {
      await client.query('begin');
      await client.query("set local batchyard.erasing = 'on'");
      await expect(
        client.query(
          `update audit set ${change} where id = (select min(id) from audit where organization_id is not null)`,
        ),
      ).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
