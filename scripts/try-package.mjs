import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { withoutSettings } from './lib/foreign-settings.mjs';
import { ROOT } from './lib/place.mjs';
import { CLIENT, PROGRAM, TYPED } from './lib/trial-programs.mjs';
import { nextVersion, upgradeYard } from './lib/trial-upgrade.mjs';
import { walk } from './lib/trial-walk.mjs';
import { call, changesIn, check, commandOf, PATIENCE, run, startYard, timed, weigh } from './lib/trial-yard.mjs';
import { until } from './lib/wait.mjs';

// What a stranger does: makes a yard from the packed tarballs in an empty folder, installs and starts it, runs 1,000 items of
// an own type, and upgrades it. It prints how long each step took. Everything that it starts it ends by its id.
// With `--from <tarball>` the yard is made with that older batchyard, and only its upgrade is tried; with `--walk` the walk of
// docs/own-work.md is run as it stands; with `--all` both the trial and the walk.

const ITEMS = 1000;
/** Of the installed yard, in MB as `du` counts them. */
const MAX_SIZE = 350;
const key = `by_${randomBytes(24).toString('hex')}`;
const began = performance.now();

/** @param {string} url */
async function runItems(url) {
  const items = Array.from({ length: ITEMS }, (_, i) => ({ text: 'lamp '.repeat(1 + (i % 5)) }));
  const launched = await call(`${url}/api/batches`, {
    key,
    method: 'POST',
    body: { name: 'First', type: 'word-count', items },
  });
  const { batchId } = JSON.parse(launched);
  /** @type {{ status: string, completed: number, total: number }} */
  let status = { status: '', completed: 0, total: 0 };
  await until(async () => {
    status = JSON.parse(await call(`${url}/api/batches/${batchId}/status`, { key }));
    return !['pending', 'in-progress'].includes(status.status);
  }, PATIENCE);
  check(status.status === 'completed' && status.completed === ITEMS, `The batch ended as ${JSON.stringify(status)}.`);
  const lines = (await call(`${url}/api/batches/${batchId}/results?format=jsonl`, { key })).trim().split('\n');
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
  const command = commandOf(yard);
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
    ({ job } = JSON.parse(await call(`${url}/api/jobs/${jobId}`, { key })));
    return ['completed', 'failed'].includes(job.status);
  }, PATIENCE);
  check(job.result?.words === 2, `The job of the program ended as ${JSON.stringify(job)}.`);
}

/**
 * @param {string} place an empty folder
 * @param {{ product: string, create: string, from: string | undefined }} tarballs from: an older one
 */
async function tryPackage(place, { product, create, from }) {
  const yard = join(place, 'my-yard');
  const fromEmpty = performance.now();
  const make = ['npm', 'exec', '--prefer-offline', `--package=${create}`, '--', 'create-batchyard', 'my-yard'];
  const env = { BATCHYARD_PACKAGE: `file:${from ?? product}`, npm_config_yes: 'true' };
  await timed('create-batchyard', () => run(place, make, { env }));
  await timed('npm install', () => run(yard, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund']));
  const size = Math.round(weigh(yard) / 2 ** 20);
  const installed = changesIn(join(yard, 'node_modules', 'batchyard'));
  const running = await timed('start', () => startYard(yard, key));
  try {
    const { jobTypes } = JSON.parse(await call(`${running.url}/api/job-types`, { key }));
    const type = jobTypes.find((/** @type {{ type: string }} */ { type }) => type === 'word-count');
    check(type?.title === 'Count words', `The own type is not offered: ${JSON.stringify(type)}`);
    const total = (performance.now() - fromEmpty) / 1000;
    console.log(
      `an empty folder to the own type: ${total.toFixed(1)} s, ${size} MB (load ${loadavg()[0]?.toFixed(1)})`,
    );
    check((await call(`${running.url}/sign-in`, { key })).includes('<html'), 'The dashboard shows no page.');
    await timed(`${ITEMS} items`, () => runItems(running.url));
    if (!from) {
      await timed('a program with ./worker', () => runProgram(yard, running.url));
      await timed('a program with ./client', () => runClient(yard, running.url));
      await timed('the command line', () => runCommands(yard));
      await run(yard, [commandOf(yard), 'upgrade', product], { code: 1 });
    }
  } finally {
    const code = await timed('stop', running.stop);
    check(code === 0, `The yard ended with ${code}.`);
  }
  check(changesIn(join(yard, 'node_modules', 'batchyard')) === installed, 'The yard wrote into node_modules.');
  if (!from) {
    check(size <= MAX_SIZE, `The yard takes ${size} MB, more than ${MAX_SIZE}.`);
    await tryFiles(yard);
    await run(place, make, { env, code: 1 });
  }
  await upgradeYard(yard, await nextVersion(product, join(place, 'next')), key);
}

/**
 * The examples of a stopped yard, and what is said of a broken file.
 * @param {string} yard
 */
async function tryFiles(yard) {
  await timed('tests of the examples', () => run(yard, ['npm', 'test']));
  writeFileSync(join(yard, 'jobs', '_typed.ts'), TYPED);
  await timed('types of the examples', () =>
    run(yard, [process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']),
  );
  await run(yard, ['npm', 'run', 'check']);
  const broken = join(yard, 'jobs', 'broken.ts');
  writeFileSync(broken, "\nthrow new Error('no key');\n");
  const said = await run(yard, ['npm', 'run', 'check'], { code: 1 });
  check(said.includes('broken.ts:2  Loading the file failed: no key'), `The broken file is not named:\n${said}`);
  rmSync(broken);
}

/** @param {string} folder @returns {Promise<[product: string, create: string]>} the tarballs */
async function pack(folder) {
  const output = await timed('pack', () => run(ROOT, [process.execPath, 'scripts/pack.mjs', folder]));
  const [product = '', create = ''] = output.trim().split('\n').slice(-2);
  return [product, create];
}

process.env = withoutSettings(process.env);
const { values } = parseArgs({
  options: { from: { type: 'string' }, walk: { type: 'boolean' }, all: { type: 'boolean' } },
});
const place = mkdtempSync(join(tmpdir(), 'batchyard-package-'));
/** @param {string} name @returns {string} an empty folder */
const folder = (name) => {
  const path = join(place, name);
  mkdirSync(path);
  return path;
};
// Started as root, Postgres runs as another account, which must reach its files here: elsewhere they would stay.
chmodSync(place, 0o711);
try {
  const [product, create] = await pack(join(place, 'packages'));
  if (!values.walk) await tryPackage(folder('trial'), { product, create, from: values.from && resolve(values.from) });
  if (values.walk || values.all) await walk(folder('walk'), { product, create });
  console.log(`passed after ${((performance.now() - began) / 1000).toFixed(0)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
