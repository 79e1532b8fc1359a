import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  for (const name of ['PUBLIC_URL', 'PORT', 'NODE_ENV']) delete process.env[name];
});

async function isTrusted(environment: Record<string, string>, origin: string, host: string | null): Promise<boolean> {
  Object.assign(process.env, environment);
  vi.resetModules();
  return (await import('./origins')).isTrustedOrigin(origin, host);
}

const BEHIND_TLS = { PUBLIC_URL: 'https://yard.example.org', NODE_ENV: 'production' };
const PLAIN = { PORT: '3000', NODE_ENV: 'production' };

it.each([
  ['the public address', BEHIND_TLS, 'https://yard.example.org', 'yard.example.org', true],
  ['its name without TLS', BEHIND_TLS, 'http://yard.example.org', 'yard.example.org', false],
  ['another name that the request was sent to', BEHIND_TLS, 'https://yard.local', 'yard.local', true],
  ['another name without TLS', BEHIND_TLS, 'http://yard.local', 'yard.local', false],
  ['this machine in production', BEHIND_TLS, 'http://localhost:3000', 'yard.example.org', false],
  ['a name of this machine that the request was sent to', PLAIN, 'http://localhost:3000', 'localhost:3000', true],
  ['another name of this machine in production', PLAIN, 'http://localhost:3000', 'yard.local:3000', false],
  ['this machine in development', { ...PLAIN, NODE_ENV: 'development' }, 'http://localhost:3000', 'yard.local', true],
  ['a foreign page', PLAIN, 'http://evil.example', 'localhost:3000', false],
  ['a page without an address', PLAIN, 'null', 'localhost:3000', false],
])('a write is accepted from an own page only: %s', async (_, environment, origin, host, trusted) => {
  expect(await isTrusted(environment, origin, host)).toBe(trusted);
});
