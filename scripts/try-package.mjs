import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './lib/place.mjs';
import { CLIENT, PROGRAM } from './lib/trial-programs.mjs';
import { until } from './lib/wait.mjs';

// What a stranger does: makes a yard from the packed tarballs in an empty folder, installs and starts it, and runs 1,000 items
// of an own type. It prints how long each step took. Everything that it starts it ends by its id.

const ITEMS = 1000;
/** Of the installed yard, in MB as `du` counts them. */
const MAX_SIZE = 350;
/** Far longer than needed, as a busy machine may be ten times slower. */
const PATIENCE = 240_000;
const key = `by_${randomBytes(24).toString('hex')}`;
const began = performance.now();

/**
 * @param {boolean} holds
 * @param {string} what
 */
function check(holds, what) {
  if (!holds) throw new Error(what);
}

/**
 * Says how long a step took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
async function timed(name, work) {
  const from = performance.now();
  const result = await work();
  console.log(`${name.padEnd(34)} ${((performance.now() - from) / 1000).toFixed(1).padStart(6)} s`);
  return result;
}

/**
 * Runs a command to its end.
 * @param {string} cwd
 * @param {string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, code?: number }} [options] code: the one that it has to end with
 * @returns {Promise<string>} its output
 */
async function run(cwd, [program = '', ...args], { env = {}, code: wanted = 0 } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  check(code === wanted, `${program} ${args.join(' ')} ended with ${code} and not ${wanted}:\n${output.slice(-4000)}`);
  return output;
}

/** @param {string} folder @returns {number} bytes on the disk */
const weigh = (folder) =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + lstatSync(path).blocks * 512 + (entry.isDirectory() ? weigh(path) : 0);
  }, 0);

/**
 * The files of a folder with the time of their last change.
 * @param {string} folder
 */
const changesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => `${path} ${lstatSync(path).mtimeMs}`)
    .sort()
    .join('\n');

/**
 * Starts a yard and waits until it is ready.
 * @param {string} yard
 */
async function start(yard) {
  const program = join(yard, 'node_modules', '.bin', 'batchyard');
  const env = { ...process.env, INIT_API_KEY: key, NODE_ENV: 'production', PORT: '0', WORKER_PROCESSES: '1' };
  const child = spawn(program, ['start'], { cwd: yard, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let url = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      url ||= /^ready (\S+)/.exec(line)?.[1] ?? '';
    });
  }
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  await until(() => url || isOver(), 2 * PATIENCE);
  if (!url) child.kill('SIGKILL');
  check(url !== '', `The yard did not start:\n${output.slice(-4000)}`);
  return {
    url,
    /** @returns {Promise<number | null>} its exit code */
    stop: async () => {
      if (!isOver()) child.kill('SIGTERM');
      if (!(await until(isOver, PATIENCE))) child.kill('SIGKILL');
      return child.exitCode;
    },
  };
}

/**
 * @param {string} url
 * @param {{ method?: string, body?: unknown }} [options]
 */
async function call(url, { method = 'GET', body } = {}) {
  const headers = { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await response.text();
  check(response.ok, `${method} ${url} answered ${response.status}: ${text.slice(0, 1000)}`);
  return text;
}

/** @param {string} url */
async function runItems(url) {
  const items = Array.from({ length: ITEMS }, (_, i) => ({ text: 'lamp '.repeat(1 + (i % 5)) }));
  const launched = await call(`${url}/api/batches`, {
    method: 'POST',
    body: { name: 'First', type: 'word-count', items },
  });
  const { batchId } = JSON.parse(launched);
  /** @type {{ status: string, completed: number, total: number }} */
  let status = { status: '', completed: 0, total: 0 };
  await until(async () => {
    status = JSON.parse(await call(`${url}/api/batches/${batchId}/status`));
    return !['pending', 'in-progress'].includes(status.status);
  }, PATIENCE);
  check(status.status === 'completed' && status.completed === ITEMS, `The batch ended as ${JSON.stringify(status)}.`);
  const lines = (await call(`${url}/api/batches/${batchId}/results?format=jsonl`)).trim().split('\n');
  const words = lines.map((line) => /** @type {{ result: { words: number } }} */ (JSON.parse(line)).result.words);
  const sum = words.reduce((total, count) => total + count, 0);
  check(words.length === ITEMS && sum === 3 * ITEMS, `${words.length} results with ${sum} words in all.`);
}

/**
 * @param {string} yard
 * @param {string} url
 */
async function runClient(yard, url) {
  writeFileSync(join(yard, 'client.mjs'), CLIENT);
  const said = JSON.parse(await run(yard, [process.execPath, 'client.mjs', url, key]));
  const right = said.status === 'completed' && said.completed === 500 && said.words === 1000;
  check(right && said.snapshots > 2 && said.code === 'not-found', `The client saw ${JSON.stringify(said)}.`);
}

/**
 * The command line: a file is launched and watched, and a batch with a wrong item is told.
 * @param {string} yard
 */
async function runCommands(yard) {
  const env = { BATCHYARD_API_KEY: key };
  const command = join(yard, 'node_modules', '.bin', 'batchyard');
  writeFileSync(join(yard, 'texts.csv'), 'text\none two\nthree\n');
  const lines = (await run(yard, [command, 'launch', 'texts.csv', '--type', 'word-count', '--wait', '--json'], { env }))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  check(
    lines.at(-1)?.event === 'done' && lines.at(-1).data.completed === 2,
    `launch said ${JSON.stringify(lines.at(-1))}.`,
  );
  const results = await run(yard, [command, 'results', lines[0].batchId], { env });
  check(results.trim().split('\n').length === 2, `results said ${results}.`);
  writeFileSync(join(yard, 'empty.jsonl'), '{"text":" "}\n');
  const failed = await run(yard, [command, 'launch', 'empty.jsonl', '--type', 'word-count', '--wait'], {
    env,
    code: 1,
  });
  const [batchId = ''] = failed.split(' ');
  const errors = await run(yard, [command, 'errors', batchId], { env });
  check(errors.includes('1  The text is empty.'), `errors said ${errors}.`);
  await run(yard, [command, 'launch', 'texts.csv', '--type', 'absent'], { env, code: 1 });
}

/**
 * @param {string} yard
 * @param {string} url
 */
async function runProgram(yard, url) {
  writeFileSync(join(yard, 'program.mjs'), PROGRAM);
  const facts = JSON.parse(readFileSync(join(yard, '.batchyard', 'run.json'), 'utf8'));
  const env = { DATABASE_URL: facts.databaseUrl };
  const jobId = (await run(yard, [process.execPath, 'program.mjs', key], { env })).trim().split('\n').at(-1);
  /** @type {{ status: string, result?: { words: number } }} */
  let job = { status: '' };
  await until(async () => {
    ({ job } = JSON.parse(await call(`${url}/api/jobs/${jobId}`)));
    return ['completed', 'failed'].includes(job.status);
  }, PATIENCE);
  check(job.result?.words === 2, `The job of the program ended as ${JSON.stringify(job)}.`);
}

/** @param {string} place an empty folder */
async function tryPackage(place) {
  const packages = join(place, 'packages');
  const yard = join(place, 'my-yard');
  const output = await timed('pack', () => run(ROOT, [process.execPath, 'scripts/pack.mjs', packages]));
  const [product = '', create = ''] = output.trim().split('\n').slice(-2);
  const fromEmpty = performance.now();
  const env = { BATCHYARD_PACKAGE: `file:${product}`, npm_config_yes: 'true' };
  await timed('create-batchyard', () =>
    run(place, ['npm', 'exec', '--prefer-offline', `--package=${create}`, '--', 'create-batchyard', 'my-yard'], {
      env,
    }),
  );
  await timed('npm install', () => run(yard, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund']));
  const size = Math.round(weigh(yard) / 2 ** 20);
  const installed = changesIn(join(yard, 'node_modules', 'batchyard'));
  const running = await timed('start', () => start(yard));
  try {
    const { jobTypes } = JSON.parse(await call(`${running.url}/api/job-types`));
    const type = jobTypes.find((/** @type {{ type: string }} */ { type }) => type === 'word-count');
    check(type?.title === 'Count words', `The own type is not offered: ${JSON.stringify(type)}`);
    const total = (performance.now() - fromEmpty) / 1000;
    console.log(
      `an empty folder to the own type: ${total.toFixed(1)} s, ${size} MB (load ${loadavg()[0]?.toFixed(1)})`,
    );
    check((await call(`${running.url}/sign-in`)).includes('<html'), 'The dashboard shows no page.');
    await timed(`${ITEMS} items`, () => runItems(running.url));
    await timed('a program with ./worker', () => runProgram(yard, running.url));
    await timed('a program with ./client', () => runClient(yard, running.url));
    await timed('the command line', () => runCommands(yard));
  } finally {
    const code = await timed('stop', running.stop);
    check(code === 0, `The yard ended with ${code}.`);
  }
  check(changesIn(join(yard, 'node_modules', 'batchyard')) === installed, 'The yard wrote into node_modules.');
  check(size <= MAX_SIZE, `The yard takes ${size} MB, more than ${MAX_SIZE}.`);
  await timed('tests of the examples', () => run(yard, ['npm', 'test']));
  await timed('types of the examples', () =>
    run(yard, [process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']),
  );
  await run(yard, ['npm', 'run', 'check']);
  writeFileSync(join(yard, 'jobs', 'broken.ts'), "\nthrow new Error('no key');\n");
  const said = await run(yard, ['npm', 'run', 'check'], { code: 1 });
  check(said.includes('broken.ts:2  Loading the file failed: no key'), `The broken file is not named:\n${said}`);
  await run(place, ['npm', 'exec', '--prefer-offline', `--package=${create}`, '--', 'create-batchyard', 'my-yard'], {
    env,
    code: 1,
  });
}

const place = mkdtempSync(join(tmpdir(), 'batchyard-package-'));
// Started as root, Postgres runs as another account, which must reach its files here: elsewhere they would stay.
chmodSync(place, 0o711);
try {
  await tryPackage(place);
  console.log(`passed after ${((performance.now() - began) / 1000).toFixed(0)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
