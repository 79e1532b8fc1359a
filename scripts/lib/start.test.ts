import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { contentHash } from './content-hash.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { lockDataDir } from './lock.mjs';
import { checkPort, freePort } from './port.mjs';
import { commandOf, identify, runs, startOf } from './process-identity.mjs';
import { urlOf } from './ready.mjs';
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
