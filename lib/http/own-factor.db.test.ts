import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { totpOf } from '@/lib/testing/totp';

process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';

const { must } = await import('@/lib/contracts/must');
const { pool } = await import('@/lib/db/pool');
const { auth } = await import('@/lib/domain/auth/auth');
const { authenticateSession } = await import('@/lib/domain/auth/authenticate-session');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { authHandler } = await import('./auth-handler');

const ORIGIN = 'http://127.0.0.1:3000';
const PASSWORD = 'correct-horse-battery';
const handler = authHandler((request) => auth().handler(request));

beforeAll(initialize);
beforeEach(async () => {
  await pool().query('truncate rate_limit, session, two_factor, passkey');
  await pool().query('update "user" set two_factor_enabled = false');
  await pool().query('update organization set second_factor_required = true');
});

async function call(method: 'GET' | 'POST', path: string, body: object | null, cookie = '') {
  const answer = await handler(
    new Request(`${ORIGIN}/api/auth${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
      headers: { 'content-type': 'application/json', origin: ORIGIN, host: '127.0.0.1:3000', cookie },
    }),
    { params: Promise.resolve({}) },
  );
  const set = answer.headers.getSetCookie().filter((one) => !/max-age=0/i.test(one));
  const json = (await answer.json()) as { code?: string; title?: string; detail?: string; totpURI?: string };
  return { status: answer.status, json, cookie: set.map((one) => one.split(';')[0]).join('; ') };
}

const signIn = () => call('POST', '/sign-in/email', { email: 'ana@example.com', password: PASSWORD });
const lacks = async (cookie: string) =>
  must(await authenticateSession(new Headers({ cookie })), 'The session').lacksSecondFactor;

/** Stores a passkey, as the library does after the browser registered it. */
const addPasskey = () =>
  pool().query(
    `insert into passkey (id, name, public_key, user_id, credential_id, counter, device_type, backed_up)
     select 'p', 'phone', 'key', id, 'credential', 0, 'singleDevice', false from "user" where email = 'ana@example.com'`,
  );

const CHANGES = [
  ['GET', '/passkey/generate-register-options', null],
  ['POST', '/passkey/verify-registration', { response: { id: 'x' }, name: 'mine' }],
  ['POST', '/passkey/delete-passkey', { id: 'p' }],
  ['POST', '/two-factor/enable', { password: PASSWORD }],
  ['POST', '/two-factor/disable', { password: PASSWORD }],
  ['POST', '/two-factor/generate-backup-codes', { password: PASSWORD }],
] as const;

describe('a session by password of a person who has a second factor, where an organization needs one', () => {
  it.each(CHANGES)('may not change the factors: %s %s', async (method, path, body) => {
    await addPasskey();
    const { cookie } = await signIn();
    const { status, json } = await call(method, path, body, cookie);
    expect([status, json.code]).toEqual([403, 'second-factor-required']);
    expect(JSON.stringify(json)).toContain('sign in with your passkey;');
    expect(await lacks(cookie)).toBe(true);
    expect((await pool().query('select from passkey')).rowCount).toBe(1);
  });

  it('may not complete an app that was begun before the person had a passkey', async () => {
    const { cookie } = await signIn();
    const { json } = await call('POST', '/two-factor/enable', { password: PASSWORD }, cookie);
    await addPasskey();
    const code = totpOf(must(json.totpURI, 'The address for the app'));
    expect((await call('POST', '/two-factor/verify-totp', { code }, cookie)).status).toBe(403);
    expect(await lacks(cookie)).toBe(true);
  });

  it('may not add one from an organization that needs none', async () => {
    await addPasskey();
    const { cookie } = await signIn();
    await pool().query('update organization set second_factor_required = false');
    await pool().query(
      `insert into organization (id, name, slug, second_factor_required) values ('strict', 'S', 'strict', true)`,
    );
    await pool().query(`insert into member (id, organization_id, user_id, role, created_at)
      select 'strict-m', 'strict', id, 'viewer', now() from "user" where email = 'ana@example.com'`);
    expect(await lacks(cookie)).toBe(false);
    expect((await call('GET', '/passkey/generate-register-options', null, cookie)).status).toBe(403);
    await pool().query(`delete from organization where id = 'strict'`);
    expect((await call('POST', '/two-factor/enable', { password: PASSWORD }, cookie)).status).toBe(200);
  });

  it('names the app, and may change it after a code', async () => {
    const first = await signIn();
    const { json } = await call('POST', '/two-factor/enable', { password: PASSWORD }, first.cookie);
    const uri = must(json.totpURI, 'The address for the app');
    const on = await call('POST', '/two-factor/verify-totp', { code: totpOf(uri) }, first.cookie);
    expect([on.status, await lacks(on.cookie)]).toEqual([200, false]);
    // As after a sign-in by a provider that asks for no second factor.
    await pool().query('update session set second_factor = null');
    const refused = await call('POST', '/two-factor/disable', { password: PASSWORD }, on.cookie);
    expect([refused.status, JSON.stringify(refused.json)]).toEqual([
      403,
      expect.stringContaining('sign in with your password and a code;'),
    ]);
    await pool().query(`update session set second_factor = 'app'`);
    expect((await call('POST', '/two-factor/disable', { password: PASSWORD }, on.cookie)).status).toBe(200);
  });
});
