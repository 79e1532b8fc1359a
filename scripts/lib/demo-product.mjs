import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { StartError } from './failure.mjs';
import { GUARD, loadEnvironment, openDataDir, ROOT } from './place.mjs';
import { checkPort } from './port.mjs';
import { findRunning } from './run-file.mjs';
import { say } from './step.mjs';

/** Returns the product that runs on DATA_DIR, or starts one that is stopped after the demo. */
export async function reachProduct() {
  loadEnvironment();
  const dataDir = openDataDir();
  const running = findRunning(dataDir);
  if (running?.url) {
    say(`Using the product that runs at ${running.url}.`);
    return { ...running, stop: async () => undefined };
  }
  const child = await start();
  const run = findRunning(dataDir);
  if (!run) throw new StartError('The product is ready but left no note of it in DATA_DIR.');
  return { ...run, startedHere: true, stop: () => end(child) };
}

async function start() {
  say('Starting the product for the demo …');
  const child = spawn(process.execPath, ['--import', GUARD, join('scripts', 'start.mjs')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
    env: { ...process.env, PORT: process.env.PORT ?? (await anyPort()), BATCHYARD_PARENT: String(process.pid) },
  });
  process.once('exit', () => child.kill('SIGTERM'));
  const ended = once(child, 'exit').then(() => {
    throw new StartError('The product did not start.');
  });
  /** @type {Promise<void>} */
  const ready = new Promise((resolve) => {
    if (!child.stdout) throw new StartError('The product was started without its output.');
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) resolve();
      else console.log(line);
    });
  });
  await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  return child;
}

// The demo needs no fixed port, so it does not fail when the default port is in use.
async function anyPort() {
  const free = await checkPort(3000, process.env.HOST ?? '127.0.0.1').catch(() => 0);
  return String(free);
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/**
 * Creates an API key for the demo, valid for an hour at most: whoever can read DATA_DIR can create one.
 * @param {{ databaseUrl: string | undefined }} run
 */
export function openKey({ databaseUrl }) {
  /** @type {{ id: string, key: string }} */
  const { id, key } = JSON.parse(runKeyScript(databaseUrl, ['create']));
  return { key, revoke: () => runKeyScript(databaseUrl, ['revoke', id]) };
}

/**
 * @param {string | undefined} databaseUrl
 * @param {string[]} args
 */
function runKeyScript(databaseUrl, args) {
  const built = join('dist', 'scripts', 'demo-key.js');
  const program = existsSync(join(ROOT, built)) ? [built] : ['--import', 'tsx', join('scripts', 'demo-key.ts')];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  if (status !== 0) throw new StartError(`The demo could not get a key.\n${stderr}`);
  return stdout;
}
