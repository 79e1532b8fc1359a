import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from 'vitest';

process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';

const { POST } = await import('@/app/api/auth/[...all]/route');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { pool } = await import('@/lib/db/pool');

const ORIGIN = 'http://127.0.0.1:3000';
const PASSWORD = 'correct-horse-battery';
let userId = '';
let organizationId = '';
let entriesBefore = 0;

beforeAll(async () => {
  await initialize();
  const { rows } = await pool().query('select user_id, organization_id from member');
  ({ user_id: userId, organization_id: organizationId } = rows[0]);
});

beforeEach(async () => {
  await pool().query('truncate rate_limit, session');
  const { rows } = await pool().query('select coalesce(max(id), 0)::int as id from audit');
  entriesBefore = rows[0].id;
});

async function post(path: string, body: unknown, cookie = ''): Promise<Response> {
  const request = new Request(`${ORIGIN}/api/auth${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      origin: ORIGIN,
      host: '127.0.0.1:3000',
      'x-client-address': '192.0.2.7',
      'x-request-id': 'request-1',
      cookie,
    },
  });
  return POST(request, { params: Promise.resolve({ all: path.slice(1).split('/') }) });
}

const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

const signIn = (password = PASSWORD, email = 'Ana@Example.com') => post('/sign-in/email', { email, password });

async function entries() {
  const { rows } = await pool().query('select * from audit where id > $1 order by id', [entriesBefore]);
  return rows;
}

const ANA = () => ({ actor_kind: 'user', actor_id: userId, organization_id: organizationId, target_id: userId });

it('a sign-in has an entry with its method, session, address and request', async () => {
  expect((await signIn()).status).toBe(200);
  const { rows } = await pool().query('select id from session');
  const session = rows[0].id;
  expect(await entries()).toMatchObject([
    {
      ...ANA(),
      action: 'session.sign-in',
      after: { method: 'password' },
      credential_id: session,
      address: '192.0.2.7',
      request_id: 'request-1',
    },
  ]);
});

it('a failed sign-in has an entry in the organizations of the account, without the password', async () => {
  expect((await signIn('wrong-horse-battery')).status).toBe(401);
  const all = await entries();
  expect(all).toMatchObject([{ ...ANA(), action: 'session.sign-in-failed', address: '192.0.2.7' }]);
  expect(JSON.stringify(all)).not.toContain('horse');
});

it('a failed sign-in with an unknown address has an entry without an organization', async () => {
  await signIn('wrong-horse-battery', `nobody-${'x'.repeat(100)}@example.com`);
  expect(await entries()).toMatchObject([
    {
      organization_id: null,
      actor_id: 'unknown',
      actor: expect.stringContaining('nobody-x'),
      action: 'session.sign-in-failed',
    },
  ]);
});

it('what is no attempt to sign in has no entry', async () => {
  expect((await post('/sign-in/email', { email: 'ana@example.com' })).status).toBe(400);
  expect((await post('/sign-out', {})).status).toBe(200);
  expect(await entries()).toEqual([]);
});

it('a sign-out and a new name have entries', async () => {
  const cookie = cookieOf(await signIn());
  expect((await post('/update-user', { name: 'Ana Ruiz' }, cookie)).status).toBe(200);
  expect((await post('/sign-out', {}, cookie)).status).toBe(200);
  const [, renamed, signedOut] = await entries();
  expect(renamed).toMatchObject({ ...ANA(), action: 'user.update', after: { name: 'Ana Ruiz' } });
  expect(renamed.before.name).not.toBe('Ana Ruiz');
  expect(signedOut).toMatchObject({ ...ANA(), action: 'session.sign-out', actor: 'Ana Ruiz' });
});

it('a sign-in whose entry can’t be written is refused, and leaves no session', async () => {
  await pool().query(`alter table audit add constraint trial check (action <> 'session.sign-in') not valid`);
  try {
    const answer = await signIn();
    expect(answer.status).toBe(503);
    expect(cookieOf(answer)).not.toMatch(/session_token=[^;]/);
  } finally {
    await pool().query('alter table audit drop constraint trial');
  }
  expect((await pool().query('select 1 from session')).rows).toEqual([]);
  expect(await entries()).toEqual([]);
});

/** The code of an authenticator at this moment (RFC 6238). */
function codeOf(secret: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

it('a second factor has entries: enabled, a wrong code, a sign-in with a code and not before it, disabled', async () => {
  const cookie = cookieOf(await signIn());
  const enabled = await post('/two-factor/enable', { password: PASSWORD }, cookie);
  const { totpURI } = (await enabled.json()) as { totpURI: string };
  const secret = new URL(totpURI).searchParams.get('secret') ?? '';
  expect((await post('/two-factor/verify-totp', { code: codeOf(secret) }, cookie)).status).toBe(200);
  const pending = cookieOf(await signIn());
  expect((await post('/two-factor/verify-totp', { code: '000000' }, pending)).status).toBe(401);
  await pool().query('truncate rate_limit');
  const signedIn = await post('/two-factor/verify-totp', { code: codeOf(secret) }, pending);
  expect(signedIn.status).toBe(200);
  expect((await post('/two-factor/disable', { password: PASSWORD }, cookieOf(signedIn))).status).toBe(200);
  const all = await entries();
  expect(all.map(({ action, after }) => [action, after?.method])).toEqual([
    ['session.sign-in', 'password'],
    ['user.enable-two-factor', undefined],
    ['session.sign-in-failed', 'code'],
    ['session.sign-in', 'code'],
    ['user.disable-two-factor', undefined],
  ]);
  for (const entry of all) expect(entry).toMatchObject(ANA());
});
