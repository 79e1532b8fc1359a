import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';

process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'Ana@Example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';
process.env.INIT_API_KEY = ' a first key of administrator-rights ';

const { auth } = await import('./auth');
const { authenticateKey } = await import('./authenticate-key');
const { authenticateSession } = await import('./authenticate-session');
const { hashApiKey } = await import('./api-key');
const { createApiKey } = await import('./create-api-key');
const { getViewer } = await import('./get-viewer');
const { listApiKeys } = await import('./list-api-keys');
const { revokeApiKey } = await import('./revoke-api-key');
const { listSessions } = await import('./sessions');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { isServable } = await import('@/lib/domain/health/is-servable');
const { asMember, createContext } = await import('@/lib/testing/factories');
const { pool } = await import('@/lib/db/pool');
const { logger } = await import('@/lib/config/logger');

const ORIGIN = 'http://127.0.0.1:3000';

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  auth().handler(
    new Request(`${ORIGIN}/api/auth${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: ORIGIN, host: '127.0.0.1:3000', ...headers },
    }),
  );

const signIn = (email: string, password: string, headers?: Record<string, string>) =>
  post('/sign-in/email', { email, password }, headers);

const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');

beforeAll(async () => {
  expect(await isServable()).toBeTruthy();
  const all = await Promise.all([initialize(), initialize(), initialize()]);
  expect(all.filter((one) => one.created)).toEqual([{ created: true, email: 'ana@example.com' }]);
});

it('a sign-in that is no JSON is refused, and is no error of ours', async () => {
  const told = vi.spyOn(logger, 'error');
  const response = await auth().handler(
    new Request(`${ORIGIN}/api/auth/sign-in/email`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json', origin: ORIGIN, host: '127.0.0.1:3000' },
    }),
  );
  expect(response.status).toBe(400);
  expect(told).not.toHaveBeenCalled();
  told.mockRestore();
});

describe('the first start', () => {
  it('fills an empty database once', async () => {
    expect(await initialize()).toEqual({ created: false });
    expect(await isServable()).toBeUndefined();
    const { rows } = await pool().query(
      'select (select count(*)::int from organization) o, (select count(*)::int from "user") u',
    );
    expect(rows).toEqual([{ o: 1, u: 1 }]);
  });

  it('makes the given key an administrator key, and keeps only its hash', async () => {
    const context = await authenticateKey('a first key of administrator-rights');
    expect(context?.actor).toMatchObject({ kind: 'key', role: 'owner', systemAdmin: true });
    const { rows } = await pool().query('select * from api_key');
    expect(JSON.stringify(rows)).not.toContain('administrator-rights');
  });
});

describe('a person', () => {
  it('signs in, is known by the cookie, and signs out', async () => {
    const response = await signIn('ana@EXAMPLE.com', 'correct-horse-battery');
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/i);
    const cookie = cookieOf(response);
    const session = await authenticateSession(new Headers({ cookie }));
    expect(session?.context.actor).toMatchObject({
      kind: 'user',
      name: 'Administrator',
      role: 'owner',
      systemAdmin: true,
    });
    expect(session && (await getViewer(session.context))).toMatchObject({ email: 'ana@example.com', role: 'owner' });
    expect((await post('/sign-out', {}, { cookie })).status).toBe(200);
    expect(await authenticateSession(new Headers({ cookie }))).toBeNull();
  });

  it('has a session whose token is only in the cookie: the database has its hash, also of those of earlier versions', async () => {
    const cookie = cookieOf(await signIn('ana@example.com', 'correct-horse-battery'));
    const token = decodeURIComponent(/session_token=([^;]+)/.exec(cookie)?.[1] ?? '').split('.')[0];
    const { rows } = await pool().query('select token from session order by created_at desc limit 1');
    expect(rows[0].token).toMatch(/^sha256:/);
    const migrated = `'sha256:' || rtrim(translate(encode(sha256(convert_to($1, 'UTF8')), 'base64'), '+/', '-_'), '=')`;
    expect((await pool().query(`select ${migrated} as token`, [token])).rows).toEqual(rows);
    expect(await readFile('prisma/migrations/0028_sign_in/migration.sql', 'utf8')).toContain(
      migrated.replace('$1', '"token"'),
    );
  });

  it('is signed out after a month, however much the session is used', async () => {
    const cookie = cookieOf(await signIn('ana@example.com', 'correct-horse-battery'));
    const headers = new Headers({ cookie });
    const age = (days: number) =>
      pool().query(
        `update session set created_at = now() - make_interval(days => $1), expires_at = now() + interval '7 days'
         where id = (select id from session order by created_at desc limit 1)`,
        [days],
      );
    await age(29);
    const session = await authenticateSession(headers);
    if (!session) throw new Error('The session ended too early.');
    const [listed] = await listSessions(session.context);
    expect(Date.parse(listed?.expiresAt ?? '') - Date.now()).toBeLessThan(24 * 3600 * 1000);
    await pool().query(`update session set created_at = now() - interval '30 days' where id = $1`, [
      session.context.credential?.id,
    ]);
    expect(await authenticateSession(headers)).toBeNull();
    expect(
      (await (await auth().handler(new Request(`${ORIGIN}/api/auth/get-session`, { headers }))).json()) ?? null,
    ).toBeNull();
    expect(await listSessions(session.context)).not.toContainEqual(
      expect.objectContaining({ id: session.context.credential?.id }),
    );
  });

  it('is refused with a wrong password, from a foreign page, and with a forged cookie', async () => {
    expect((await signIn('ana@example.com', 'wrong-horse-battery')).status).toBe(401);
    expect((await signIn('ana@example.com', 'correct-horse-battery', { origin: 'http://evil.example' })).status).toBe(
      403,
    );
    expect(await authenticateSession(new Headers({ cookie: 'batchyard.session_token=abc.def' }))).toBeNull();
  });

  it('can reach the dashboard under any name that the request was sent to', async () => {
    const there = { origin: 'http://yard.local:3000', host: 'yard.local:3000' };
    expect((await signIn('ana@example.com', 'correct-horse-battery', there)).status).toBe(200);
  });

  it('cannot sign up', async () => {
    const body = { email: 'eve@example.com', password: 'correct-horse-battery', name: 'Eve' };
    expect((await post('/sign-up/email', body)).status).toBe(400);
  });

  it('without an organization is nobody', async () => {
    const cookie = cookieOf(await signIn('ana@example.com', 'correct-horse-battery'));
    const { rows } = await pool().query('delete from member returning *');
    expect(await authenticateSession(new Headers({ cookie }))).toBeNull();
    const { id, organization_id, user_id, role } = rows[0];
    await pool().query('insert into member (id, organization_id, user_id, role) values ($1, $2, $3, $4)', [
      id,
      organization_id,
      user_id,
      role,
    ]);
    expect(await authenticateSession(new Headers({ cookie }))).not.toBeNull();
  });
});

describe('a key', () => {
  it('is shown once, works, notes its use and ends at once when revoked', async () => {
    const context = await createContext();
    const { key, apiKey } = await createApiKey(context, { name: 'ci', role: 'operator' });
    expect(key.startsWith(apiKey.start)).toBe(true);
    expect(await authenticateKey(key)).toEqual({
      actor: { kind: 'key', id: apiKey.id, name: 'ci', role: 'operator', seesPayloads: true, systemAdmin: false },
      organizationId: context.organizationId,
      credential: { kind: 'key', id: apiKey.id, hash: hashApiKey(key) },
    });
    await expect.poll(async () => (await listApiKeys(context))[0]?.lastUsedAt).toBeTruthy();
    await revokeApiKey(context, apiKey.id);
    expect(await authenticateKey(key)).toBeNull();
    expect(await listApiKeys(context)).toEqual([]);
    await expect(revokeApiKey(context, apiKey.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ends when it expires, and must not begin expired', async () => {
    const context = await createContext();
    await expect(
      createApiKey(context, { name: 'old', role: 'operator', expiresAt: '2020-01-01T00:00:00Z' }),
    ).rejects.toMatchObject({
      code: 'invalid-request',
    });
    const { key, apiKey } = await createApiKey(context, {
      name: 'soon',
      role: 'operator',
      expiresAt: '2999-01-01T00:00:00Z',
    });
    await pool().query("update api_key set expires_at = now() - interval '1 second' where id = $1", [apiKey.id]);
    expect(await authenticateKey(key)).toBeNull();
  });

  it('is the business of administrators of its own organization', async () => {
    const context = await createContext();
    const { apiKey } = await createApiKey(context, { name: 'ci', role: 'operator' });
    const member = asMember(context);
    await expect(createApiKey(member, { name: 'x', role: 'admin' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listApiKeys(member)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(revokeApiKey(member, apiKey.id)).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await createContext();
    expect(await listApiKeys(stranger)).toEqual([]);
    await expect(revokeApiKey(stranger, apiKey.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(revokeApiKey(stranger, 'no id')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that does not exist is nobody', async () => {
    expect(await authenticateKey('by_nothing')).toBeNull();
  });
});
