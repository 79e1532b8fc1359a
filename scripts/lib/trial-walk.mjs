import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './place.mjs';
import { call, check, PATIENCE, run } from './trial-yard.mjs';
import { until } from './wait.mjs';

// Runs the walk of docs/own-work.md as it stands: files are written, lines are run, and what the page says that they print
// must be printed.

const SECTION = /^## A walk,[\s\S]*?(?=^## )/m;
const BLOCK = /^```(\w+) ?(.*)\n([\s\S]*?)^```/gm;
const YARD = 'my-yard';

/** @typedef {{ kind: string, where: string, text: string }} Block */

/** @returns {Block[]} */
function readWalk() {
  const [section = ''] = SECTION.exec(readFileSync(join(ROOT, 'docs', 'own-work.md'), 'utf8')) ?? [];
  const blocks = [...section.matchAll(BLOCK)].map(([, kind = '', where = '', text = '']) => ({ kind, where, text }));
  check(blocks.length > 0, 'docs/own-work.md has no walk.');
  return blocks;
}

/**
 * A terminal: a shell that keeps its folder and its variables.
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 */
function openTerminal(cwd, env) {
  const child = spawn('bash', ['-s'], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  let runs = 0;
  return {
    output: () => output,
    isOver,
    /** @param {string} text lines that are not waited for */
    type: (text) => void child.stdin.write(text),
    /** @param {string} text @returns {Promise<string>} what its lines printed */
    async run(text) {
      const from = output.length;
      runs += 1;
      const end = `end of run ${runs}`;
      child.stdin.write(`${text}\necho "${end}"\n`);
      await until(() => output.includes(end, from) || isOver(), 2 * PATIENCE);
      return output.slice(from).replace(end, '');
    },
    close: () => void child.stdin.end(),
  };
}

/**
 * npm as it is, but `npm create batchyard` takes the packed one: the packages are not published.
 * @param {string} place
 * @param {string} create the tarball of create-batchyard
 * @returns {Promise<string>} a folder for PATH
 */
async function npmThatCreates(place, create) {
  const npm = (await run(place, ['sh', '-c', 'command -v npm'])).trim();
  const folder = join(place, 'bin');
  mkdirSync(folder);
  const lines = [
    '#!/bin/sh',
    'if [ "$1 $2" = "create batchyard" ]; then',
    '  shift 2',
    `  exec "${npm}" exec --yes --prefer-offline "--package=${create}" -- create-batchyard "$@"`,
    'fi',
    `exec "${npm}" "$@"`,
  ];
  writeFileSync(join(folder, 'npm'), `${lines.join('\n')}\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  return folder;
}

/**
 * @param {string} place an empty folder
 * @param {{ product: string, create: string }} tarballs
 */
export async function walk(place, { product, create }) {
  const env = {
    ...process.env,
    PATH: `${await npmThatCreates(place, create)}${delimiter}${process.env.PATH}`,
    BATCHYARD_PACKAGE: `file:${product}`,
    npm_config_prefer_offline: 'true',
    PORT: '0',
    WORKER_PROCESSES: '1',
  };
  const yard = join(place, YARD);
  const terminal = openTerminal(place, env);
  /** @type {ReturnType<typeof openTerminal> | undefined} */
  let running;
  const facts = () => JSON.parse(readFileSync(join(yard, '.batchyard', 'run.json'), 'utf8'));
  const blocks = readWalk();
  const [, key = ''] = /^INIT_API_KEY=(\S+) /m.exec(blocks.map(({ text }) => text).join('')) ?? [];
  try {
    for (const { kind, where, text } of blocks) {
      console.log(text.trim().split('\n')[0]);
      if (kind === 'ts') await save(yard, text, running && { url: facts().url, key });
      else if (where) running = await startThere(openTerminal(yard, env), text);
      else checkPrinted(text, await terminal.run(text));
    }
  } finally {
    terminal.close();
    if (running && !running.isOver()) {
      process.kill(facts().pid, 'SIGTERM');
      running.close();
      check(await until(running.isOver, PATIENCE), 'The yard did not stop.');
    }
  }
}

/**
 * @param {ReturnType<typeof openTerminal>} own
 * @param {string} text
 */
async function startThere(own, text) {
  own.type(text);
  await until(() => /^ready /m.test(own.output()) || own.isOver(), 2 * PATIENCE);
  check(/^ready /m.test(own.output()), `The yard did not start:\n${own.output().slice(-4000)}`);
  return own;
}

/**
 * Writes a file of the yard. If it runs, waits until its workers have the new code.
 * @param {string} yard
 * @param {string} text its first line names it: `// jobs/greet.ts`
 * @param {{ url: string, key: string }} [running]
 */
async function save(yard, text, running) {
  const [, path = '', type = ''] = /^\/\/ (jobs\/(.+)\.ts)\n/.exec(text) ?? [];
  check(path !== '', `A block of the walk names no file:\n${text}`);
  if (!running) return writeFileSync(join(yard, path), text);
  const version = async () => {
    const { jobTypes } = JSON.parse(await call(`${running.url}/api/job-types`, { key: running.key }));
    return jobTypes.find((/** @type {{ type: string }} */ one) => one.type === type)?.version;
  };
  const before = await version();
  writeFileSync(join(yard, path), text);
  const from = performance.now();
  check(await until(async () => (await version()) !== before, PATIENCE), `${path} was not taken over.`);
  console.log(`  taken over after ${((performance.now() - from) / 1000).toFixed(1)} s`);
}

/** What follows an arrow must be in the output. @param {string} text @param {string} output */
function checkPrinted(text, output) {
  for (const [, said = ''] of text.matchAll(/# → (.*)$/gm))
    check(output.includes(said.trim()), `The walk says “${said}”, but it printed:\n${output.slice(-4000)}`);
}
