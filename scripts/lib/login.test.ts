import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, expect, it } from 'vitest';
import { chooseServer, login, loginFile, logout, storedLogin } from './login';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-login-'));
const file = loginFile({ XDG_CONFIG_HOME: folder });
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = 'by_a_key_of_this_server';
const VIEWER = { name: 'Ada\u001b[2J', role: 'admin', organization: { id: 'o', name: 'Lamps' } };
let close = () => {};
afterEach(() => {
  close();
  logout(file);
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers as the product does to these two calls. */
const batchyard: RequestListener = ({ url, headers }, response) => {
  const [status, body] =
    url === '/api/health/live'
      ? [200, { status: 'live' }]
      : headers.authorization === `Bearer ${KEY}`
        ? [200, VIEWER]
        : [401, { code: 'unauthenticated', detail: 'No.' }];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const gives = (key: string) => async () => key;

it('a checked key is stored for its user only, and removed again', async () => {
  const url = await serve(batchyard);
  const said = await login(`${url}/`, gives(`${KEY}\n`), file);
  expect(said).toContain(`Logged in to ${url} as Ada[2J (admin of Lamps).`);
  expect(storedLogin(file)).toEqual({ url, key: KEY });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(logout(file)).toContain(`Removed the key for ${url}`);
  expect([existsSync(file), logout(file)]).toEqual([false, 'No key was stored.']);
});

it('a wrong key is said to be wrong, and not stored', async () => {
  const url = await serve(batchyard);
  await expect(login(url, gives('by_another_key'), file)).rejects.toThrow(
    'does not accept this key: it is wrong, revoked',
  );
  await expect(login(url, gives('two words'), file)).rejects.toThrow('That is no API key');
  expect(existsSync(file)).toBe(false);
});

it('no key is asked for by what is not Batchyard, leads elsewhere, or can’t be reached', async () => {
  let asked = 0;
  const count = async () => {
    asked += 1;
    return KEY;
  };
  const page = await serve((_, response) => response.end('<html>'));
  await expect(login(page, count, file)).rejects.toThrow(`${page} is not a Batchyard: it answers 200`);
  close();
  await expect(login(page, count, file)).rejects.toThrow(`${page} can’t be reached: connect ECONNREFUSED`);
  const door = await serve((_, response) => response.writeHead(302, { location: 'https://sso.example.org' }).end());
  await expect(login(door, count, file)).rejects.toThrow('leads elsewhere, to https://sso.example.org');
  await expect(login('batchyard.example.org', count, file)).rejects.toThrow('is no address. Give it as in a browser');
  await expect(login('https://a:b@example.org', count, file)).rejects.toThrow('must have no user, password');
  expect(asked).toBe(0);
});

it('an option is stronger than the environment, and that than what was stored', () => {
  const stored = { url: 'https://stored', key: 'stored-key' };
  const env = { url: 'https://env', key: 'env-key' };
  const running = 'http://127.0.0.1:3000';
  expect(chooseServer({ flags: { url: 'https://flag/', key: 'flag-key' }, env, stored })).toEqual({
    url: 'https://flag',
    key: 'flag-key',
  });
  expect(chooseServer({ flags: { key: 'flag-key' }, env, stored })).toEqual({ url: 'https://env', key: 'flag-key' });
  expect(chooseServer({ flags: {}, env: {}, stored, running })).toEqual(stored);
  expect(chooseServer({ flags: {}, env: { key: 'env-key' }, stored: undefined, running })).toEqual({
    url: running,
    key: 'env-key',
  });
});

it('a stored key is sent to no other server', () => {
  const stored = { url: 'https://stored', key: 'stored-key' };
  expect(() => chooseServer({ flags: { url: 'https://other' }, env: {}, stored })).toThrow(
    'An API key for https://other is missing. The stored one is for https://stored. Log in (batchyard login https://other)',
  );
  expect(() => chooseServer({ flags: {}, env: {}, stored: undefined })).toThrow('Which server?');
});

async function run(args: string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, XDG_CONFIG_HOME: folder, BATCHYARD_URL: undefined, BATCHYARD_API_KEY: undefined };
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/cli.ts', ...args], { env });
  child.stdin.end(input);
  const [[code], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

it('the commands use what was stored, and say what is wrong in one line', async () => {
  const url = await serve((request, response) => {
    if (!request.url?.startsWith('/api/batches/')) return batchyard(request, response);
    const body = { groups: [{ count: 2, message: `of ${request.headers.authorization}` }] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  expect(await run(['login', url], `${KEY}\n`)).toMatchObject({ code: 0, err: '' });
  expect(readFileSync(file, 'utf8')).toContain(KEY);
  expect(await run(['errors', 'a-batch'])).toEqual({ code: 0, out: `2  of Bearer ${KEY}\n`, err: '' });
  close();
  const away = await run(['errors', 'a-batch']);
  expect(away).toMatchObject({ code: 1, out: '' });
  expect(away.err).toMatch(new RegExp(`^${url} can’t be reached: connect ECONNREFUSED [\\d.:]+\\.\\n$`));
  expect((await run(['logout'])).out).toContain('Removed the key');
  expect((await run(['errors', 'a-batch'])).err).toBe(
    'Which server? Log in once (batchyard login <url>), or give --url or BATCHYARD_URL.\n',
  );
});
