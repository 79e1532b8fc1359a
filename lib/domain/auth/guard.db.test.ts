import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KnownDevice } from './sign-in-limits';

process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';

const { auth } = await import('./auth');
const { countAttempt } = await import('./rate-limit');
const { signInLimits } = await import('./sign-in-limits');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { pool } = await import('@/lib/db/pool');

const ORIGIN = 'http://127.0.0.1:3000';

beforeAll(initialize);
beforeEach(async () => {
  await pool().query('truncate rate_limit, session');
});

interface From {
  address?: string;
  cookie?: string;
}

const signIn = (email: string, password: string, { address = '203.0.113.1', cookie = '' }: From = {}) =>
  auth().handler(
    new Request(`${ORIGIN}/api/auth/sign-in/email`, {
      method: 'POST',
      body: JSON.stringify({ email, password }),
      headers: {
        'content-type': 'application/json',
        origin: ORIGIN,
        host: '127.0.0.1:3000',
        'x-client-address': address,
        cookie,
      },
    }),
  );

/** Counts so many attempts as a sign-in does, without the cost of each hash. @returns how many are refused */
async function fail(times: number, email: string, from: (i: number) => From & { device?: KnownDevice }) {
  const waits = Array.from({ length: times }, async (_, i) => {
    const { address = '203.0.113.1', device } = from(i);
    return countAttempt(...(await signInLimits({ email, address, device })));
  });
  return (await Promise.all(waits)).filter((wait) => wait > 0).length;
}

const right = (from?: From) => signIn('Ana@Example.com', 'correct-horse-battery', from);
const deviceOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith('batchyard.device='))
    ?.split(';')[0] ?? '';

describe('the limit of failed sign-ins', () => {
  it('holds for an account, wherever the attempts come from, and says how long to wait', async () => {
    expect(await fail(25, 'ana@example.com', (i) => ({ address: `198.51.100.${i}` }))).toBe(5);
    const answer = await right({ address: '192.0.2.1' });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('x-retry-after'))).toBeGreaterThan(200);
  });

  it('holds for addresses that are no account, so that nothing can be learned from it', async () => {
    expect(await fail(25, 'eve@example.com', (i) => ({ address: `198.51.100.${i}` }))).toBe(5);
  });

  it('holds for an address, whatever the accounts', async () => {
    await fail(20, 'a@example.com', () => ({}));
    await fail(20, 'b@example.com', () => ({}));
    expect(await fail(15, 'c@example.com', () => ({}))).toBe(5);
    expect((await right({ address: '203.0.113.2' })).status).toBe(200);
  });

  it('counts a whole network of IPv6 as one address', async () => {
    await fail(20, 'a@example.com', (i) => ({ address: `2001:db8::${i}` }));
    await fail(20, 'b@example.com', (i) => ({ address: `2001:db8:0:0:${i}::7` }));
    expect(await fail(15, 'c@example.com', (i) => ({ address: `2001:db8:0::ffff:${i}` }))).toBe(5);
  });

  it('does not count what succeeded', async () => {
    await fail(19, 'ana@example.com', () => ({ address: '203.0.113.9' }));
    for (let i = 0; i < 3; i += 1) {
      expect((await right({ address: '203.0.113.9' })).status).toBe(200);
      await pool().query('truncate session');
    }
    expect((await signIn('ana@example.com', 'wrong', { address: '203.0.113.9' })).status).toBe(401);
    expect((await right({ address: '203.0.113.9' })).status).toBe(429);
  });

  it('does not keep out a browser that signed in before, and limits that browser too', async () => {
    const device = deviceOf(await right());
    expect(device).not.toBe('');
    await pool().query('truncate session');
    await fail(25, 'ana@example.com', (i) => ({ address: `198.51.100.${i}` }));
    expect((await right({ address: '192.0.2.1' })).status).toBe(429);
    expect((await right({ address: '192.0.2.1', cookie: device })).status).toBe(200);
    const [id = '', userId = ''] = decodeURIComponent(device.split('=')[1] ?? '').split(/[:.]/);
    expect(await fail(25, 'ana@example.com', () => ({ device: { id, userId } }))).toBe(5);
    expect((await right({ address: '192.0.2.1', cookie: device })).status).toBe(429);
  });

  it('does not keep out an address that has a session of the account', async () => {
    await right({ address: '192.0.2.7' });
    await fail(25, 'ana@example.com', (i) => ({ address: `198.51.100.${i}` }));
    expect((await right({ address: '192.0.2.7' })).status).toBe(200);
    expect((await right({ address: '192.0.2.8' })).status).toBe(429);
  });

  it('is not widened by the cookie of another account or a forged one', async () => {
    const device = deviceOf(await right());
    const forged = device.replace(/=[^:%]+/, '=AAAA');
    for (const cookie of [device, forged]) {
      await pool().query('truncate rate_limit');
      await fail(25, 'eve@example.com', (i) => ({ address: `198.51.100.${i}` }));
      expect((await signIn('eve@example.com', 'wrong', { address: '192.0.2.1', cookie })).status).toBe(429);
    }
  });

  it('begins anew after its window', async () => {
    await fail(25, 'ana@example.com', (i) => ({ address: `198.51.100.${i}` }));
    await pool().query("update rate_limit set resets_at = now() - interval '1 second'");
    expect((await right({ address: '192.0.2.1' })).status).toBe(200);
  });
});

it('a few passwords are checked at a time, and far too many at once are told to come back', async () => {
  const { hashPassword, MAX_AT_ONCE } = await import('./password-hash');
  const all = await Promise.allSettled(
    Array.from({ length: MAX_AT_ONCE + 18 }, () => hashPassword('correct-horse-battery')),
  );
  const codes = all.map((one) => (one.status === 'rejected' ? one.reason.code : 'hashed'));
  expect(codes.filter((code) => code === 'hashed')).toHaveLength(MAX_AT_ONCE);
  expect(codes.filter((code) => code === 'unavailable')).toHaveLength(18);
});
