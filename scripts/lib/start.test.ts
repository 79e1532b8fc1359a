import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { contentHash } from './content-hash.mjs';
import { checkHealth } from './health.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { lockDataDir } from './lock.mjs';
import { requireShared } from './main.mjs';
import { checkPort, freePort } from './port.mjs';
import { commandOf, identify, runs, startOf } from './process-identity.mjs';
import { urlOf } from './ready.mjs';
import { writeRun } from './run-file.mjs';
import { openSecrets } from './secrets.mjs';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

function dataDir(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe('a process noted in a file', () => {
  it('runs as long as it is the same process', async () => {
    const child = spawn('sleep', ['30']);
    const noted = identify(child.pid as number);
    expect(runs(noted)).toBe(true);
    expect(commandOf(noted.pid)).toContain('sleep 30');
    expect(runs({ ...noted, since: 'another time' })).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(runs(noted)).toBe(false);
  });

  it('does not run if there is none', () => {
    expect(runs(null)).toBe(false);
    expect(startOf(-1)).toBeNull();
    expect(commandOf(2 ** 30)).toBe('');
  });
});

describe('the lock of DATA_DIR', () => {
  it('refuses a second start and is free after the first', async () => {
    const dir = dataDir('twice');
    const first = await lockDataDir(dir);
    expect(first.stale).toBe(false);
    await expect(lockDataDir(dir)).rejects.toThrow(`already runs on DATA_DIR ${dir} (process ${process.pid})`);
    first.release();
    (await lockDataDir(dir)).release();
  });

  it('is taken over from a killed start', async () => {
    const dir = dataDir('killed');
    writeJson(join(dir, 'start.lock'), { pid: process.pid, since: 'before the machine was restarted' });
    const lock = await lockDataDir(dir);
    expect(lock.stale).toBe(true);
    lock.release();
    expect(existsSync(join(dir, 'start.lock'))).toBe(false);
  });

  it('waits for a start that is stopping', async () => {
    const dir = dataDir('stopping');
    const child = spawn('sleep', ['0.3']);
    const noted = identify(child.pid as number);
    writeJson(join(dir, 'start.lock'), { ...noted, stopping: true });
    const lock = await lockDataDir(dir);
    expect(runs(noted)).toBe(false);
    lock.release();
  });
});

describe('the port', () => {
  it('is named when it is taken, with a way to choose another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(checkPort(port, '127.0.0.1')).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
    await expect(checkPort(port, '127.0.0.1')).rejects.toThrow(`PORT=${port + 1} npm start`);
    server.close();
  });

  it('is any free one for 0', async () => {
    expect(await checkPort(0, '127.0.0.1')).toBeGreaterThan(0);
    expect(await freePort()).toBeGreaterThan(0);
  });

  it('accepts only hosts of this machine', async () => {
    await expect(checkPort(0, '203.0.113.1')).rejects.toThrow('HOST 203.0.113.1 is not an address of this machine');
  });

  it('makes an address that a browser understands', () => {
    expect(urlOf('127.0.0.1', 3000)).toBe('http://127.0.0.1:3000');
    expect(urlOf('0.0.0.0', 80)).toBe('http://127.0.0.1:80');
    expect(urlOf('::1', 80)).toBe('http://[::1]:80');
  });
});

describe('a part alone', () => {
  it('needs what all machines share', () => {
    const shared = { DATABASE_URL: 'postgresql://a@b/c', SECRETS_KEY: 'k'.repeat(32), AUTH_SECRET: 's'.repeat(32) };
    expect(() => requireShared('web', {})).toThrow('set DATABASE_URL, SECRETS_KEY, AUTH_SECRET to the values of all');
    expect(() => requireShared('workers', {})).toThrow('set DATABASE_URL, SECRETS_KEY to the values of all');
    expect(() => requireShared('web', { ...shared, AUTH_SECRET: undefined })).toThrow('set AUTH_SECRET to');
    requireShared('web', shared);
    requireShared('workers', { ...shared, AUTH_SECRET: undefined });
  });
});

describe('the health check of a container', () => {
  const write = (dir: string, ready: boolean, url: string, pid: number) =>
    writeRun(dir, { url, ready, databaseUrl: undefined, processes: { workers: pid } });
  const said = async (dir: string) => {
    const lines: string[] = [];
    const note = (line: unknown) => void lines.push(String(line));
    const spies = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) => spy.mockImplementation(note));
    const code = await checkHealth(dir);
    for (const spy of spies) spy.mockRestore();
    return { code, line: lines.join() };
  };

  it('fails until the start is ready, and while a process of it is gone', async () => {
    const dir = dataDir('healthy');
    expect(await said(dir)).toEqual({ code: 1, line: `Nothing that runs on DATA_DIR ${dir} is ready.` });
    write(dir, false, '', process.pid);
    expect((await said(dir)).code).toBe(1);
    write(dir, true, '', process.pid);
    expect(await said(dir)).toEqual({ code: 0, line: 'healthy' });
    const child = spawn('sleep', ['30']);
    write(dir, true, '', child.pid as number);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await said(dir)).toEqual({ code: 1, line: 'Ended and not yet started again: workers.' });
  });

  it('asks the dashboard whether jobs can run', async () => {
    const dir = dataDir('asked');
    const asked: (string | undefined)[] = [];
    let status = 503;
    const server = createHttpServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    write(dir, true, url, process.pid);
    expect(await said(dir)).toEqual({ code: 1, line: `${url}/api/health/ready: 503` });
    status = 200;
    expect((await said(dir)).code).toBe(0);
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    expect(await said(dir)).toEqual({ code: 1, line: `${url}/api/health/ready: no answer` });
    expect(new Set(asked)).toEqual(new Set(['/api/health/ready']));
  });
});

describe('secrets', () => {
  it('are created once, and only their owner can read them', () => {
    const dir = dataDir('secrets');
    const first = openSecrets(dir);
    expect(first.authSecret.length).toBeGreaterThanOrEqual(32);
    expect(openSecrets(dir)).toEqual(first);
    expect(readJson(join(dir, 'secrets.json'))).toEqual(first);
    expect(spawnSync('ls', ['-l', join(dir, 'secrets.json')], { encoding: 'utf8' }).stdout).toMatch(/^-rw------- /);
  });
});

describe('the content hash', () => {
  it('changes with content and names, not with tests', () => {
    const dir = dataDir('sources');
    const write = (name: string, text: string) => writeFileSync(join(dir, name), text);
    write('a.ts', '1');
    const first = contentHash(folder, ['sources']);
    write('a.test.ts', 'expect');
    expect(contentHash(folder, ['sources', 'absent'])).toBe(first);
    write('a.ts', '2');
    const second = contentHash(folder, ['sources']);
    expect(second).not.toBe(first);
    write('b.ts', '');
    expect(contentHash(folder, ['sources'])).not.toBe(second);
  });
});
