import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { answer, CLOSE, closeFront, HOST, openFront, passed } from '@/lib/testing/open-front';
import { compressedPaths } from './prefer-compressed';

const SCRIPT = '/_next/static/chunks/a-b_1.js';
const compressed = new Set([SCRIPT, '/_next/static/chunks/c.css', '/_next/static/odd.txt']);
afterEach(closeFront);

const ask = (path: string, coding?: string) =>
  answer(`GET ${path} HTTP/1.1\r\n${HOST}${coding === undefined ? '' : `accept-encoding: ${coding}\r\n`}${CLOSE}`);

it.each(['br', 'gzip, deflate, br, zstd', 'gzip;q=1.0, br;q=0.5', 'BR', 'br;q=1.000'])(
  'sends the Brotli file to a browser that takes %s',
  async (coding) => {
    await openFront(undefined, { compressed });
    const { head } = await ask(`${SCRIPT}?v=1`, coding);
    expect(head).toContain('content-encoding: br');
    expect(head).toContain('content-type: application/javascript; charset=utf-8');
    expect(head).toContain('vary: accept-encoding');
    expect(passed).toEqual([`${SCRIPT}.br?v=1`]);
  },
);

it.each([undefined, 'gzip, deflate', 'br;q=0', 'br;q=0.0', 'brotli', 'x-br'])(
  'leaves a request alone that takes %s',
  async (coding) => {
    await openFront(undefined, { compressed });
    const { head } = await ask(SCRIPT, coding);
    expect(head).not.toContain('content-encoding');
    expect(head).toContain('vary: accept-encoding');
    expect(passed).toEqual([SCRIPT]);
  },
);

it('has the type of a style, and changes no other address', async () => {
  await openFront(undefined, { compressed });
  expect((await ask('/_next/static/chunks/c.css', 'br')).head).toContain('content-type: text/css');
  for (const path of ['/_next/static/odd.txt', '/_next/static/chunks/other.js', '/batches', `${SCRIPT}.br`]) {
    const { head } = await ask(path, 'br');
    expect(head, path).not.toContain('content-encoding');
    expect(passed.at(-1)).toBe(path);
  }
});

it('knows what the build compressed, in all folders', async () => {
  await openFront();
  const folder = mkdtempSync(join(tmpdir(), 'static-'));
  mkdirSync(join(folder, 'chunks'));
  for (const file of ['chunks/a.js', 'chunks/a.js.br', 'small.js']) writeFileSync(join(folder, file), '');
  expect(compressedPaths(folder)).toEqual(new Set(['/_next/static/chunks/a.js']));
  expect(compressedPaths(join(folder, 'absent'))).toEqual(new Set());
  rmSync(folder, { recursive: true });
});
