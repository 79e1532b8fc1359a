import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSmtpReceiver } from '@/lib/testing/smtp-receiver';
import { totpOf } from '@/lib/testing/totp';
import { until } from '@/lib/testing/until';

const receiver = await startSmtpReceiver();
process.env.SMTP_URL = receiver.url;
process.env.MAIL_FROM = 'Batchyard <batchyard@example.org>';
process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';

const { auth } = await import('./auth');
const { authenticateSession } = await import('./authenticate-session');
const { getSignInMethods } = await import('./get-sign-in-methods');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { createOrganization } = await import('@/lib/testing/factories');
const { pool } = await import('@/lib/db/pool');

const ORIGIN = 'http://127.0.0.1:3000';
const PASSWORD = 'correct-horse-battery';

beforeAll(initialize);
beforeEach(async () => {
  await pool().query('truncate rate_limit, session, two_factor');
  await pool().query('update "user" set two_factor_enabled = false');
});
afterAll(() => receiver.close());

async function post(path: string, body: object, cookie = '') {
  const answer = await auth().handler(
    new Request(`${ORIGIN}/api/auth${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: ORIGIN, host: '127.0.0.1:3000', cookie },
    }),
  );
  const set = answer.headers.getSetCookie().filter((one) => !/max-age=0/i.test(one));
  const json = (await answer.json()) as { totpURI?: string; backupCodes?: string[]; twoFactorRedirect?: boolean };
  return { status: answer.status, cookie: set.map((one) => one.split(';')[0]).join('; '), json };
}

const signIn = () => post('/sign-in/email', { email: 'ana@example.com', password: PASSWORD });
const contextOf = async (cookie: string) => (await authenticateSession(new Headers({ cookie })))?.context;

/** Signs in and sets an app up. */
async function setUp() {
  const { cookie } = await signIn();
  const { json } = await post('/two-factor/enable', { password: PASSWORD }, cookie);
  const { totpURI = '', backupCodes = [] } = json;
  const turnedOn = await post('/two-factor/verify-totp', { code: totpOf(totpURI) }, cookie);
  expect(turnedOn.status).toBe(200);
  return { uri: totpURI, codes: backupCodes, cookie: turnedOn.cookie };
}

describe('an authenticator app', () => {
  it('is asked for after the password, and the password alone is no session', async () => {
    const { uri } = await setUp();
    const begun = await signIn();
    expect(begun.json.twoFactorRedirect).toBe(true);
    expect(await contextOf(begun.cookie)).toBeUndefined();
    const done = await post('/two-factor/verify-totp', { code: totpOf(uri, 1) }, begun.cookie);
    expect(done.status).toBe(200);
    expect((await contextOf(done.cookie))?.actor.name).toBe('Administrator');
  });

  it('is not asked for until its first code was confirmed', async () => {
    const { cookie } = await signIn();
    await post('/two-factor/enable', { password: PASSWORD }, cookie);
    expect((await signIn()).json.twoFactorRedirect).toBeUndefined();
  });

  it('gives codes that work once', async () => {
    const { uri } = await setUp();
    const code = totpOf(uri, 1);
    const [one, two] = [await signIn(), await signIn()];
    expect((await post('/two-factor/verify-totp', { code }, one.cookie)).status).toBe(200);
    expect((await post('/two-factor/verify-totp', { code }, two.cookie)).status).toBe(401);
  });

  it('is not guessed: wrong codes are limited over all attempts to sign in', async () => {
    const { uri } = await setUp();
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const { cookie } = await signIn();
      for (let j = 0; j < 3; j += 1) {
        statuses.push((await post('/two-factor/verify-totp', { code: `00000${i * 3 + j}`.slice(-6) }, cookie)).status);
      }
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    const { cookie } = await signIn();
    expect((await post('/two-factor/verify-totp', { code: totpOf(uri, 1) }, cookie)).status).toBe(429);
  });

  it('is added and removed with the password, the session stays in its organization, and its owner is told by mail', async () => {
    const { cookie } = await signIn();
    const other = await createOrganization('Other');
    const userId = (await contextOf(cookie))?.actor.id;
    await pool().query(`insert into member (id, organization_id, user_id, role) values ('m', $1, $2, 'viewer')`, [
      other,
      userId,
    ]);
    await pool().query('update session set active_organization_id = $1', [other]);
    const { json } = await post('/two-factor/enable', { password: PASSWORD }, cookie);
    const on = await post('/two-factor/verify-totp', { code: totpOf(json.totpURI ?? '') }, cookie);
    expect((await contextOf(on.cookie))?.organizationId).toBe(other);
    expect((await post('/two-factor/disable', { password: 'wrong' }, on.cookie)).status).toBe(400);
    const off = await post('/two-factor/disable', { password: PASSWORD }, on.cookie);
    expect((await contextOf(off.cookie))?.organizationId).toBe(other);
    expect((await signIn()).json.twoFactorRedirect).toBeUndefined();
    await until(
      'both notices arrived',
      () => receiver.mails.filter((mail) => /app was/.test(mail.subject)).length >= 2,
    );
    await pool().query(`delete from member where id = 'm'`);
  });
});

describe('a recovery code', () => {
  it('signs in once, and is then missing from those that are left', async () => {
    const { codes } = await setUp();
    expect(codes).toHaveLength(10);
    const [one, two] = [await signIn(), await signIn()];
    const [code] = codes;
    const done = await post('/two-factor/verify-backup-code', { code }, one.cookie);
    expect(done.status).toBe(200);
    expect((await post('/two-factor/verify-backup-code', { code }, two.cookie)).status).toBe(401);
    const context = await contextOf(done.cookie);
    expect(context && (await getSignInMethods(context))).toMatchObject({
      hasPassword: true,
      hasApp: true,
      recoveryCodesLeft: 9,
      passkeys: [],
    });
  });

  it('is replaced with the password; the earlier ones stop working', async () => {
    const { codes, cookie } = await setUp();
    expect((await post('/two-factor/generate-backup-codes', { password: 'wrong' }, cookie)).status).toBe(400);
    const { json } = await post('/two-factor/generate-backup-codes', { password: PASSWORD }, cookie);
    expect(json.backupCodes).toHaveLength(10);
    const begun = await signIn();
    expect((await post('/two-factor/verify-backup-code', { code: codes[0] }, begun.cookie)).status).toBe(401);
    expect((await post('/two-factor/verify-backup-code', { code: json.backupCodes?.[0] }, begun.cookie)).status).toBe(
      200,
    );
  });

  it('is stored encrypted, as the secret of the app is', async () => {
    const { uri, codes } = await setUp();
    const { rows } = await pool().query('select * from two_factor');
    const text = JSON.stringify(rows);
    expect(text).not.toContain(codes[0]);
    expect(text).not.toContain(new URL(uri).searchParams.get('secret'));
  });
});

it('wrong passwords within a session are limited for that session', async () => {
  const { cookie } = await signIn();
  const statuses: number[] = [];
  for (let i = 0; i < 11; i += 1)
    statuses.push((await post('/two-factor/enable', { password: 'wrong' }, cookie)).status);
  expect(statuses).toEqual([...Array(10).fill(400), 429]);
  const another = await signIn();
  expect((await post('/two-factor/enable', { password: PASSWORD }, another.cookie)).status).toBe(200);
});
