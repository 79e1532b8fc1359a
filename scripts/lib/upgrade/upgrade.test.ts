import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { identify } from '@/scripts/lib/process-identity.mjs';

// A yard is upgraded by the real npm, without a network, between tarballs of small packages named batchyard. As the real
// ones do, each examines the job files with what itself exports. `npm run try:package` does it with the real package.

const root = process.cwd();
let place = '';
let yard = '';

/** The command of the small package: it loads each job file, and says which of its names the package has no more. */
const PROGRAM = `
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as own from '../index.js';
if (process.argv.slice(2).join(' ') !== 'jobs check --json --no-types') throw new Error('unknown call');
if (readdirSync('.').includes('silent')) throw new Error('The check \\u001b[2Jbroke.');
let broken = 0;
const files = readdirSync('jobs');
for (const file of files) {
  const lines = readFileSync('jobs/' + file, 'utf8').split('\\n');
  const at = lines.findIndex((line) => line.startsWith('uses ') && !(line.slice(5) in own));
  const error = at === -1 ? undefined : 'There is no ' + lines[at].slice(5) + '\\u001b[2J.';
  if (error) broken += 1;
  console.log(JSON.stringify({ type: file, path: 'jobs/' + file, ...(error ? { line: at + 1, error } : {}) }));
}
console.log(JSON.stringify({ folder: process.cwd(), usable: files.length - broken, broken }));
`;

function write(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function npm(args: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', env: environment() });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** No network, and a cache that holds only what this test put into it. */
const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  ...Object.fromEntries(Object.keys(process.env).flatMap((name) => (/^npm_/i.test(name) ? [[name, undefined]] : []))),
  npm_config_cache: join(place, 'cache'),
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
  ...more,
});

function pack(version: string, exported: string, name = 'batchyard'): string {
  const folder = join(place, `${name}-${version}`);
  write(folder, {
    'package.json': JSON.stringify({ name, version, type: 'module', bin: { [name]: 'scripts/batchyard.mjs' } }),
    'index.js': exported,
    'scripts/batchyard.mjs': PROGRAM,
    'CHANGELOG.md': `# Changelog\n\n## ${version}\n\n- New in ${version}\u001b[2J.\n\n## 1.0.0\n\n- Old.\n`,
  });
  return join(place, npm(['pack', folder], place).trim());
}

const tarballs = { old: '', next: '', broken: '', other: '' };
beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'batchyard-upgrades-')));
  tarballs.old = pack('1.0.0', 'export const log = 1; export const cost = 1;');
  tarballs.next = pack('1.1.0', 'export const log = 1; export const cost = 1;');
  tarballs.broken = pack('2.0.0', 'export const log = 1;');
  tarballs.other = pack('1.1.0', '', 'left-pad');
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

beforeEach(() => {
  yard = mkdtempSync(join(place, 'yard-'));
  write(yard, {
    'package.json': `${JSON.stringify({ name: 'yard', private: true, dependencies: { batchyard: `file:${tarballs.old}` } })}`,
    'jobs/a.ts': 'uses log\n',
    'jobs/b.ts': '\nuses cost\n',
  });
  npm(['install', '--no-audit', '--no-fund'], yard);
});
afterEach(() => rmSync(yard, { recursive: true, force: true }));

/** Calls the command as scripts/lib/command-line.mjs does in a package. */
async function upgrade(args: string[], env: Record<string, string> = {}) {
  const program = join(place, 'call.mjs');
  writeFileSync(
    program,
    `import { upgrade } from ${JSON.stringify(join(root, 'dist', 'scripts', 'upgrade.js'))};
    const [yard, ...args] = process.argv.slice(2);
    const lock = async () => ({ release: () => console.error('released') });
    process.exitCode = await upgrade(args, { yard, dataDir: yard + '/.batchyard', hasOwnDatabase: false, lock });`,
  );
  const child = spawn(process.execPath, [program, yard, ...args], {
    cwd: yard,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  expect(`${out}${err}`.replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
  return { code: code as number, out, err };
}

const installed = () => JSON.parse(readFileSync(join(yard, 'node_modules/batchyard/package.json'), 'utf8')).version;
const files = () => ['package.json', 'package-lock.json'].map((name) => readFileSync(join(yard, name), 'utf8'));
const leftBeside = () =>
  existsSync(join(yard, '.batchyard')) ? readdirSync(join(yard, '.batchyard')).filter((n) => n.startsWith('up')) : [];

it('a yard gets the other version, after its job files were checked and its changes were told', async () => {
  const { code, out, err } = await upgrade([tarballs.next]);
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/released\n$/) });
  expect(out).toContain(
    'What changed since 1.0.0:\n\n## 1.1.0\n\n- New in 1.1.0[2J.\n\nJob files in Batchyard 1.1.0: 2 usable.',
  );
  expect(out).toContain('npx batchyard admin with-database pg_dump --format=custom --file=batchyard-1.0.0.dump');
  expect(out).toContain('Batchyard 1.1.0 is installed instead of 1.0.0.');
  expect(out).not.toContain('Old.');
  expect([installed(), files()[0], leftBeside()]).toEqual([
    '1.1.0',
    expect.stringContaining('batchyard-1.1.0.tgz'),
    [],
  ]);
  expect(await upgrade([tarballs.next])).toMatchObject({ code: 0, out: 'Batchyard 1.1.0 is installed already.\n' });
  const back = await upgrade([tarballs.old]);
  expect(back).toMatchObject({ code: 1, err: expect.stringContaining('Migrations only go forward') });
  expect(installed()).toBe('1.1.0');
  expect(await upgrade([tarballs.old, '--downgrade', '--json'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('"from":"1.1.0","to":"1.0.0","upgraded":true,"usable":2,"broken":[]'),
  });
  expect(installed()).toBe('1.0.0');
});

it('a broken job file is named with its line, and nothing is changed', async () => {
  const before = files();
  const { code, out } = await upgrade([tarballs.broken]);
  expect(code).toBe(1);
  expect(out).toContain('jobs/b.ts:2  There is no cost[2J.\nJob files in Batchyard 2.0.0: 1 usable, 1 broken');
  const json = await upgrade([tarballs.broken, '--check', '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    from: '1.0.0',
    to: '2.0.0',
    upgraded: false,
    broken: [{ path: 'jobs/b.ts', line: 2 }],
  });
  expect([installed(), files(), leftBeside()]).toEqual(['1.0.0', before, []]);
});

it('--check changes nothing, also while the yard runs, and a change waits for its end', async () => {
  const before = files();
  write(yard, { '.batchyard/start.lock': JSON.stringify(identify(process.pid)) });
  expect(await upgrade([tarballs.next, '--check'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('Job files in Batchyard 1.1.0: 2 usable.'),
  });
  const running = await upgrade([tarballs.next]);
  expect(running.err).toContain(`Batchyard runs here (process ${process.pid}). Stop it first`);
  expect([running.code, installed(), files(), leftBeside()]).toEqual([1, '1.0.0', before, []]);
});

it('a version that can’t check, another package, and a yard that npm did not install are refused', async () => {
  const before = files();
  write(yard, { silent: '' });
  const silent = await upgrade([tarballs.next]);
  expect(silent.err).toMatch(/could not check the job files\..*The check \[2Jbroke\..*Nothing was changed\.\n/s);
  expect((await upgrade([tarballs.other])).err).toContain('That is the package left-pad, and not batchyard.');
  expect((await upgrade([])).err).toContain('Name one: batchyard upgrade 1.2.3');
  expect((await upgrade(['1.1.0'])).err).toMatch(/npm view failed.*Nothing was changed/s);
  write(yard, { 'none.tgz': 'no archive' });
  expect((await upgrade(['none.tgz'])).err).toContain(`${join(yard, 'none.tgz')} is no package that npm made`);
  write(yard, { 'pnpm-lock.yaml': '' });
  expect((await upgrade([tarballs.next])).err).toContain('was not installed here by npm (pnpm-lock.yaml)');
  expect([installed(), files(), leftBeside()]).toEqual(['1.0.0', before, []]);
});

/** A registry of npm that has the tarballs of one package; its newest version is `latest`. */
async function serveRegistry(latest: () => string) {
  const server = createServer(({ url = '', headers }, response) => {
    const tarball = /^\/(.*\.tgz)$/.exec(url)?.[1];
    if (tarball) return response.end(readFileSync(join(place, tarball)));
    const versions = ['1.0.0', latest()].map((version) => {
      const file = `batchyard-${version}.tgz`;
      const integrity = `sha512-${createHash('sha512')
        .update(readFileSync(join(place, file)))
        .digest('base64')}`;
      const bin = { batchyard: 'scripts/batchyard.mjs' };
      const dist = { tarball: `http://${headers.host}/${file}`, integrity };
      return [version, { name: 'batchyard', version, bin, dist }];
    });
    const packument = { name: 'batchyard', 'dist-tags': { latest: latest() }, versions: Object.fromEntries(versions) };
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

it('without a name it is the newest version of the yard’s own registry', async () => {
  let latest = '1.0.0';
  const registry = await serveRegistry(() => latest);
  try {
    write(yard, {
      '.npmrc': `registry=${registry.url}\n`,
      'package.json': JSON.stringify({ name: 'yard', private: true, dependencies: { batchyard: '~1.0.0' } }),
    });
    rmSync(join(yard, 'package-lock.json'));
    rmSync(join(yard, 'node_modules'), { recursive: true });
    const online = { npm_config_offline: 'false' };
    const install = spawn('npm', ['install', '--no-audit', '--no-fund'], { cwd: yard, env: environment(online) });
    expect(await once(install, 'close')).toEqual([0, null]);
    expect(await upgrade([], online)).toMatchObject({ code: 0, out: 'Batchyard 1.0.0 is installed already.\n' });
    // npm remembers what the registry had before.
    latest = '1.1.0';
    expect(await upgrade([], online)).toMatchObject({ code: 0 });
    expect([installed(), files()[0]]).toEqual(['1.1.0', expect.stringContaining('"batchyard":"~1.1.0"')]);
    expect((await upgrade(['9.9.9'], online)).err).toMatch(/9\.9\.9.*Nothing was changed/s);
  } finally {
    registry.close();
  }
});

/** The real npm, followed by `mishap` after it has installed the next version into the yard. */
function npmWith(mishap: string): Record<string, string> {
  const real = realpathSync(spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim());
  const program = join(place, 'npm-cli.js');
  writeFileSync(
    program,
    `const { spawnSync } = require('node:child_process');
    const args = process.argv.slice(2);
    const { status } = spawnSync(process.execPath, [${JSON.stringify(real)}, ...args], { stdio: 'inherit' });
    const isChange = args[0] === 'install' && args.includes(${JSON.stringify(`file:${tarballs.next}`)});
    if (isChange && args[args.indexOf('--prefix') + 1] === ${JSON.stringify(yard)}) { ${mishap} }
    else process.exit(status);`,
  );
  return { npm_execpath: program };
}

it('a failure in the middle leaves package.json, its lock file and the installed version as they were', async () => {
  const before = files();
  const env = npmWith("console.error('npm error \\u001b[31mdisk full'); process.exit(1);");
  const failed = await upgrade([tarballs.next], env);
  expect(failed.err).toContain('npm install failed (exit 1).\n  npm error [31mdisk full\n');
  expect(failed.err).toContain('as they were, and so is the installed Batchyard 1.0.0');
  expect([failed.code, installed(), files(), leftBeside()]).toEqual([1, '1.0.0', before, []]);
});

it('an upgrade that is interrupted is undone', async () => {
  const before = files();
  const env = npmWith("process.kill(process.ppid, 'SIGTERM'); setInterval(() => undefined, 1000);");
  const stopped = await upgrade([tarballs.next], env);
  expect(stopped.err).toContain('npm install was interrupted.');
  expect(stopped.err).toContain('as they were, and so is the installed Batchyard 1.0.0');
  expect([stopped.code, installed(), files(), leftBeside()]).toEqual([1, '1.0.0', before, []]);
});
