import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { totpOf } from '@/lib/testing/totp';

process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';

const { auth } = await import('./auth');
const { authenticateKey } = await import('./authenticate-key');
const { authenticateSession } = await import('./authenticate-session');
const { createApiKey } = await import('./create-api-key');
const { listValidCredentials } = await import('./list-valid-credentials');
const { listEntries } = await import('@/lib/domain/audit/list-entries');
const { deleteOrganization } = await import('@/lib/domain/organization/delete-organization');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { listMembers } = await import('@/lib/domain/organization/list-members');
const { updateOrganization } = await import('@/lib/domain/organization/update-organization');
const { must } = await import('@/lib/contracts/must');
const { createContext, createMember, createOrganization, createSession } = await import('@/lib/testing/factories');
const { pool } = await import('@/lib/db/pool');

const ORIGIN = 'http://127.0.0.1:3000';
const PASSWORD = 'correct-horse-battery';

beforeAll(initialize);
beforeEach(async () => {
  await pool().query('truncate rate_limit, session, two_factor, passkey');
  await pool().query('update "user" set two_factor_enabled = false');
  await pool().query('update organization set second_factor_required = false');
});

async function post(path: string, body: object, cookie = '') {
  const answer = await auth().handler(
    new Request(`${ORIGIN}/api/auth${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: ORIGIN, host: '127.0.0.1:3000', cookie },
    }),
  );
  expect(answer.status, path).toBe(200);
  const set = answer.headers.getSetCookie().filter((one) => !/max-age=0/i.test(one));
  const json = (await answer.json()) as { totpURI?: string; backupCodes?: string[] };
  return { cookie: set.map((one) => one.split(';')[0]).join('; '), json };
}

const signIn = () => post('/sign-in/email', { email: 'ana@example.com', password: PASSWORD });
const sessionOf = async (cookie: string) =>
  must(await authenticateSession(new Headers({ cookie })), 'The session of the cookie');
const lacks = async (cookie: string) => (await sessionOf(cookie)).lacksSecondFactor;
const requireIt = () => pool().query('update organization set second_factor_required = true');

async function setUpApp(cookie: string) {
  const { json } = await post('/two-factor/enable', { password: PASSWORD }, cookie);
  const uri = must(json.totpURI, 'The address for the app');
  const on = await post('/two-factor/verify-totp', { code: totpOf(uri) }, cookie);
  return { uri, codes: must(json.backupCodes, 'The recovery codes'), cookie: on.cookie };
}

/** Stores a passkey, as the library does after the browser registered it. */
async function addPasskey(cookie: string): Promise<void> {
  const { context } = await sessionOf(cookie);
  await pool().query(
    `insert into passkey (id, name, public_key, user_id, credential_id, counter, device_type, backed_up)
     values ('p', 'phone', 'key', $1, 'credential', 0, 'singleDevice', false)`,
    [context.actor.id],
  );
  await pool().query(`update session set second_factor = 'passkey' where id = $1`, [context.credential?.id]);
}

describe('a session of an organization that needs a second factor', () => {
  it('lacks it after a password alone, and has it as soon as an app is set up in it', async () => {
    const { cookie } = await signIn();
    expect(await lacks(cookie)).toBe(false);
    await requireIt();
    expect(await lacks(cookie)).toBe(true);
    expect(await lacks((await setUpApp(cookie)).cookie)).toBe(false);
  });

  it('has it after a code or a recovery code at the sign-in', async () => {
    const { uri, codes } = await setUpApp((await signIn()).cookie);
    await requireIt();
    const [byCode, byRecovery] = [await signIn(), await signIn()];
    const one = await post('/two-factor/verify-totp', { code: totpOf(uri, 1) }, byCode.cookie);
    const two = await post('/two-factor/verify-backup-code', { code: codes[0] }, byRecovery.cookie);
    expect([await lacks(one.cookie), await lacks(two.cookie)]).toEqual([false, false]);
  });

  it('lacks it again when the app is turned off, and when its last passkey is removed', async () => {
    const { cookie } = await setUpApp((await signIn()).cookie);
    await requireIt();
    const off = await post('/two-factor/disable', { password: PASSWORD }, cookie);
    expect(await lacks(off.cookie)).toBe(true);
    await addPasskey(off.cookie);
    expect(await lacks(off.cookie)).toBe(false);
    await post('/passkey/delete-passkey', { id: 'p' }, off.cookie);
    expect(await lacks(off.cookie)).toBe(true);
  });

  it('loses its event streams when the organization begins to need one', async () => {
    const owner = await createContext();
    const session = await createSession((await createMember(owner)).context);
    const use = {
      credential: must(session.credential, 'The credential of a session'),
      organizationId: owner.organizationId,
      role: 'operator',
      seesPayloads: true,
    };
    expect((await listValidCredentials([use])).size).toBe(1);
    await pool().query('update organization set second_factor_required = true where id = $1', [owner.organizationId]);
    expect((await listValidCredentials([use])).size).toBe(0);
    await pool().query(`update session set second_factor = 'app' where id = $1`, [session.sessionId]);
    expect((await listValidCredentials([use])).size).toBe(1);
  });
});

describe('the rule of an organization', () => {
  it('is set by an owner who has a second factor, with an entry in the audit log', async () => {
    const { context } = await sessionOf((await setUpApp((await signIn()).cookie)).cookie);
    const id = context.organizationId;
    expect(await updateOrganization(context, id, { secondFactorRequired: true })).toMatchObject({
      secondFactorRequired: true,
    });
    const [entry] = (await listEntries(context, { target: id, limit: 10 })).entries;
    expect(entry).toMatchObject({
      action: 'organization.update',
      actor: { id: context.actor.id },
      before: { secondFactorRequired: false },
      after: { secondFactorRequired: true },
    });
  });

  it('is refused to an owner who has none, to an administrator, and after a sign-in of long ago', async () => {
    const { context } = await sessionOf((await signIn()).cookie);
    const turnOn = (as: typeof context) => updateOrganization(as, as.organizationId, { secondFactorRequired: true });
    await expect(turnOn(context)).rejects.toMatchObject({ code: 'forbidden', message: /of your own first/ });
    const admin = await createMember(context, { role: 'admin' });
    await expect(turnOn(await createSession(admin.context))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(turnOn(await createSession(context, { minutes: 11 }))).rejects.toMatchObject({
      code: 'reauthentication-required',
    });
  });

  it('holds for calls that name the organization, from a session that works in another one', async () => {
    const owner = await createContext();
    const there = await createMember(owner, { role: 'owner' });
    const here = await createOrganization('Without a rule');
    await pool().query(`insert into member (id, organization_id, user_id, role) values ($1, $2, $3, 'owner')`, [
      `${here}-m`,
      here,
      there.userId,
    ]);
    const session = { ...(await createSession(there.context)), organizationId: here };
    const id = owner.organizationId;
    await pool().query('update organization set second_factor_required = true where id = $1', [id]);
    const refused = { code: 'second-factor-required' };
    await expect(updateOrganization(session, id, { secondFactorRequired: false })).rejects.toMatchObject(refused);
    await expect(deleteOrganization(session, id)).rejects.toMatchObject(refused);
    expect(await updateOrganization(session, here, { name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
  });

  it('leaves API keys alone, which may also set it', async () => {
    const { context: ana } = await createMember(await createContext(), { role: 'owner' });
    const { key } = await createApiKey(ana, { name: 'deploy', role: 'owner' });
    const context = must(await authenticateKey(key), 'The context of the key');
    const rule = { secondFactorRequired: true };
    expect(await updateOrganization(context, context.organizationId, rule)).toMatchObject(rule);
    expect((await listMembers(must(await authenticateKey(key), 'The context of the key'))).length).toBe(1);
  });
});

it('the list of members says to owners who has a second factor, and to nobody else', async () => {
  const { cookie } = await setUpApp((await signIn()).cookie);
  const { context } = await sessionOf(cookie);
  const { userId } = await createMember(context, { role: 'admin' });
  const seen = (await listMembers(context)).map(({ userId: id, hasSecondFactor }) => [id, hasSecondFactor]);
  expect(Object.fromEntries(seen)).toMatchObject({ [context.actor.id]: true, [userId]: false });
  const admin = { ...context, actor: { ...context.actor, role: 'admin' } } as typeof context;
  expect((await listMembers(admin)).filter((member) => 'hasSecondFactor' in member)).toEqual([]);
});
