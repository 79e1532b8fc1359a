import { beforeAll, expect, it } from 'vitest';

process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';
process.env.PUBLIC_URL = 'https://yard.example.org';

const { auth } = await import('./auth');
const { authenticateSession } = await import('./authenticate-session');
const { initialize } = await import('@/lib/domain/organization/initialize');

beforeAll(initialize);

async function signIn(): Promise<string[]> {
  const origin = 'https://yard.example.org';
  const answer = await auth().handler(
    new Request(`${origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, host: 'yard.example.org' },
      body: JSON.stringify({ email: 'ana@example.com', password: 'correct-horse-battery' }),
    }),
  );
  expect(answer.status).toBe(200);
  return answer.headers.getSetCookie();
}

const nameOf = (cookie: string): string => cookie.split('=', 1)[0] ?? '';
const pairOf = (cookie: string): string => cookie.split(';', 1)[0] ?? '';

it('with an https address every cookie belongs to this host alone, and is sent over TLS only', async () => {
  const cookies = await signIn();
  expect(cookies.map(nameOf)).toContain('__Host-batchyard.session_token');
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Host-batchyard\./);
    expect(cookie).toMatch(/; Path=\/;/);
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Lax/);
    expect(cookie).not.toMatch(/domain=/i);
  }
});

it('a session is known by its cookie, and not by one that another host of the domain could have set', async () => {
  const session = (await signIn()).map(pairOf).find((cookie) => cookie.includes('session_token')) ?? '';
  expect(await authenticateSession(new Headers({ cookie: session }))).not.toBeNull();
  // Versions before had the prefix __Secure-: such a session ends with the sign-in page.
  for (const prefix of ['__Secure-', '']) {
    const cookie = session.replace('__Host-', prefix);
    expect(await authenticateSession(new Headers({ cookie }))).toBeNull();
  }
});
