import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { exitCodeOf, type Finding, findingText, look, ok, summaryOf } from './finding';
import { lookAtJobs, lookAtStorage, lookAtWeb } from './machine';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));
let close = () => {};
afterEach(() => close());

async function serve(status: number, body: unknown): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => server.close();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a check that throws or gives no answer is broken, and says what to do', async () => {
  const thrown = await look('queue', () => Promise.reject(new Error('refused')), 'Start it.');
  expect(thrown).toEqual({ check: 'queue', state: 'broken', found: 'refused', todo: 'Start it.' });
  const silent = await look('queue', () => new Promise(() => undefined), 'Start it.', 20);
  expect(silent).toMatchObject({ state: 'broken', found: 'no answer in 0.02 s' });
});

it('findings are lines with a word for their state; only what is broken fails', () => {
  const findings: Finding[] = [
    { check: 'node', ...ok('Node 22') },
    { check: 'mail', state: 'warning', found: 'none\u001b[2J\nat all', todo: 'Set SMTP_URL.' },
  ];
  expect(findings.map(findingText)).toEqual([
    'ok       node         Node 22',
    `warning  mail         none[2J\n${' '.repeat(22)}at all\n${' '.repeat(22)}→ Set SMTP_URL.`,
  ]);
  expect([summaryOf(findings), exitCodeOf(findings)]).toEqual(['1 warning.', 0]);
  const worse: Finding[] = [...findings, { check: 'queue', state: 'broken', found: 'x' }];
  expect([summaryOf(worse), exitCodeOf(worse)]).toEqual(['1 broken, 1 warning.', 1]);
  expect(summaryOf(findings.slice(0, 1))).toBe('All is in order.');
});

it('the folder of data is there, has room, and may be used', async () => {
  expect((await lookAtStorage(folder)).found).toMatch(/^[\d,]+ MB are free in DATA_DIR /);
  expect(await lookAtStorage(join(folder, 'none'))).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('nothing was started on it'),
  });
  // The system administrator may do everything.
  if (process.getuid?.() === 0) return;
  chmodSync(folder, 0o500);
  expect(await lookAtStorage(folder)).toMatchObject({ state: 'broken', found: expect.stringContaining('EACCES') });
  chmodSync(folder, 0o700);
});

it('the dashboard serves, waits for its queue, is not ready, is another program, or is gone', async () => {
  const ask = async (status: number, body: unknown) => {
    close();
    return lookAtWeb({ state: 'running', url: await serve(status, body) }, undefined);
  };
  expect(await ask(200, { status: 'ready' })).toMatchObject({ state: 'ok' });
  expect(await ask(200, { status: 'degraded' })).toMatchObject({ state: 'warning' });
  const unready = await ask(503, { detail: 'the database does not answer' });
  expect(unready).toMatchObject({ state: 'broken', found: expect.stringContaining('the database does not answer') });
  expect(await ask(200, {})).toMatchObject({ found: expect.stringContaining('not as Batchyard does') });
  const url = await serve(200, {});
  close();
  expect(await lookAtWeb({ state: 'running', url }, undefined)).toMatchObject({
    state: 'broken',
    found: expect.stringContaining('can’t be reached: connect ECONNREFUSED'),
  });
  expect(await lookAtWeb({ state: 'ended', url }, undefined)).toMatchObject({ state: 'broken' });
  expect(await lookAtWeb({ state: 'none' }, undefined)).toMatchObject({ state: 'warning' });
});

it('broken job files are named with their line', () => {
  const entry = { type: 'a', path: 'jobs/a.ts', source: 'file', version: '1', module: null, definition: null } as const;
  const manifest = { folder: '/yard', folders: [], hash: '' };
  expect(lookAtJobs({ ...manifest, entries: [] })).toMatchObject({ state: 'ok' });
  const error = { message: 'No default export.', file: 'jobs/a.ts', line: 3 };
  expect(lookAtJobs({ ...manifest, entries: [{ ...entry, error }] })).toMatchObject({
    state: 'broken',
    found: '0 usable in /yard, 1 broken\njobs/a.ts:3  No default export.',
  });
});

it('where only workers run, the dashboard is the one of PUBLIC_URL, if that is known', async () => {
  const start = { state: 'running' as const, url: '' };
  expect(await lookAtWeb(start, undefined)).toEqual(
    ok('Only workers run here; set PUBLIC_URL to look at the dashboard, too'),
  );
  const url = await serve(200, { status: 'ready' });
  expect(await lookAtWeb(start, url)).toEqual(ok(`${url} serves`));
});

it('wrong settings are a finding too, and the rest is looked at', () => {
  const facts = JSON.stringify({ dataDir: folder, start: { state: 'none' }, jobs: [folder] });
  const program = ['--import', 'tsx', 'scripts/doctor.ts', facts, '--json'];
  const env = { ...process.env, SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: undefined, PORT: 'http' };
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, '']);
  const findings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding);
  expect(findings.map(({ check, state }) => `${check} ${state}`)).toEqual(
    expect.arrayContaining(['node ok', 'settings broken', 'jobs ok', 'database unknown', 'mail unknown']),
  );
  const settings = findings.find(({ check }) => check === 'settings');
  expect(settings?.found).toContain('PORT: ');
});
