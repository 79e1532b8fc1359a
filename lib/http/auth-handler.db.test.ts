import { beforeAll, describe, expect, it } from 'vitest';

process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';
process.env.INIT_API_KEY = 'a-first-key-for-these-tests-0123';

const { auth } = await import('@/lib/domain/auth/auth');
const { initialize } = await import('@/lib/domain/organization/initialize');
const viewer = await import('@/app/api/viewer/route');
const { pool } = await import('@/lib/db/pool');
const route = await import('@/app/api/auth/[...all]/route');
const { OFFERED_ENDPOINTS } = await import('./auth-endpoints');

const ORIGIN = 'http://127.0.0.1:3000';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

async function send(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const request = new Request(`${ORIGIN}/api/auth${path}`, {
    method,
    ...init,
    headers: { 'content-type': 'application/json', origin: ORIGIN, host: '127.0.0.1:3000', ...headers },
  });
  return route[method](request, { params: Promise.resolve({}) });
}

const credentials = { email: 'ana@example.com', password: 'correct-horse-battery' };

async function signedIn(): Promise<{ cookie: string }> {
  const answer = await send('POST', '/sign-in/email', credentials);
  expect(answer.status).toBe(200);
  return {
    cookie: answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; '),
  };
}

beforeAll(initialize);

describe('the endpoints of the sign-in library', () => {
  const all = Object.values(auth().api as Record<string, { path?: string; options?: { method?: string | string[] } }>)
    .filter(({ path }) => path !== undefined)
    .flatMap(({ path = '', options }) => [options?.method ?? 'GET'].flat().map((method) => `${method} ${path}`));

  it('are many more than are offered, and those that are offered exist', () => {
    expect(all.length).toBeGreaterThan(30);
    expect(OFFERED_ENDPOINTS.filter((call) => !all.includes(call))).toEqual([]);
  });

  it.each(all.filter((call) => !OFFERED_ENDPOINTS.includes(call)))(
    '%s is not found, also in a session',
    async (call) => {
      const [method, path = ''] = call.split(' ');
      for (const headers of [{}, await signedIn()]) {
        const body = method === 'GET' ? undefined : credentials;
        const answer = await send(method as Method, path.replaceAll(/:\w+/g, 'x'), body, headers);
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(await answer.json()).toMatchObject({ code: 'not-found' });
      }
    },
  );

  it('are not found under other spellings of their paths', async () => {
    for (const path of [
      '/sign-up/email/',
      '//sign-up/email',
      '/./list-sessions',
      '/Sign-Up/email',
      '/%73ign-up/email',
    ]) {
      expect((await send('POST', path, credentials)).status).toBe(404);
    }
  });
});

describe('an offered endpoint', () => {
  it('takes only the fields that it is offered with', async () => {
    const headers = await signedIn();
    for (const body of [
      { image: 'javascript:alert(1)' },
      { name: 'Ana', image: 'x' },
      { name: '' },
      { name: 'a\u0000b' },
      { name: 'x'.repeat(101) },
    ]) {
      expect((await send('POST', '/update-user', body, headers)).status).toBe(400);
    }
    expect((await send('POST', '/update-user', { name: 'Ana Ruiz' }, headers)).status).toBe(200);
    expect((await send('POST', '/sign-in/email', { ...credentials, callbackURL: 'https://evil.example' })).status).toBe(
      400,
    );
  });

  it('takes JSON only, of a bounded length', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send('POST', '/sign-in/email', credentials, form)).status).toBe(415);
    expect((await send('POST', '/sign-in/email', { ...credentials, password: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('never returns the token of a session, which belongs into the cookie only', async () => {
    const answer = await send('POST', '/sign-in/email', credentials);
    const token = answer.headers
      .getSetCookie()
      .find((one) => one.includes('session_token'))
      ?.split('=')[1]
      ?.split('.')[0];
    expect(token).toBeTruthy();
    expect(await answer.text()).not.toContain(token);
    const session = await (await send('GET', '/get-session', undefined, await signedIn())).json();
    expect(session).toMatchObject({ user: { email: 'ana@example.com' }, session: { userId: expect.any(String) } });
    expect(JSON.stringify(session)).not.toContain('token');
  });
});

describe('invalid API keys', () => {
  const read = (key: string, address: string) =>
    viewer.GET(
      new Request(`${ORIGIN}/api/viewer`, { headers: { authorization: `Bearer ${key}`, 'x-client-address': address } }),
      { params: Promise.resolve({}) },
    );

  it('are limited by address, and keep out neither a right key from there nor other addresses', async () => {
    await pool().query('truncate rate_limit');
    expect((await read('by_wrong', '198.51.100.7')).status).toBe(401);
    await pool().query('update rate_limit set count = 1000');
    const refused = await read('by_wrong', '198.51.100.7');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await read(process.env.INIT_API_KEY ?? '', '198.51.100.7')).status).toBe(200);
    expect((await read('by_wrong', '198.51.100.8')).status).toBe(401);
  });
});

describe('a change of passkeys', () => {
  it('needs a recent sign-in', async () => {
    const headers = await signedIn();
    expect((await send('GET', '/passkey/generate-register-options', undefined, headers)).status).toBe(200);
    await pool().query("update session set authenticated_at = now() - interval '11 minutes'");
    for (const [method, path, body] of [
      ['GET', '/passkey/generate-register-options', undefined],
      ['POST', '/passkey/delete-passkey', { id: 'p1' }],
    ] as const) {
      const answer = await send(method, path, body, headers);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'reauthentication-required' });
    }
  });
});
