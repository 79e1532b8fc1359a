import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from './wait.mjs';

// What trials of the package call: programs, a yard that runs, and its API.

/** Far longer than needed, as a busy machine may be ten times slower. */
export const PATIENCE = 600_000;

/**
 * @param {boolean} holds
 * @param {string} what
 */
export function check(holds, what) {
  if (!holds) throw new Error(what);
}

/** @param {number} from of the same clock @returns seconds */
const since = (from) => ((performance.now() - from) / 1000).toFixed(1);

/**
 * Says how long a step took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
export async function timed(name, work) {
  const from = performance.now();
  const result = await work();
  console.log(`${name.padEnd(34)} ${since(from).padStart(6)} s`);
  return result;
}

/**
 * Runs a command to its end.
 * @param {string} cwd
 * @param {string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, code?: number }} [options] code: the one that it has to end with
 * @returns {Promise<string>} its output
 */
export async function run(cwd, [program = '', ...args], { env = {}, code: wanted = 0 } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  check(code === wanted, `${program} ${args.join(' ')} ended with ${code} and not ${wanted}:\n${output.slice(-4000)}`);
  return output;
}

/** @param {string} folder @returns {number} bytes on the disk */
export const weigh = (folder) =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + lstatSync(path).blocks * 512 + (entry.isDirectory() ? weigh(path) : 0);
  }, 0);

/**
 * The files of a folder with the time of their last change.
 * @param {string} folder
 */
export const changesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => `${path} ${lstatSync(path).mtimeMs}`)
    .sort()
    .join('\n');

/** What a start says of its steps; the first password is not printed. */
const TOLD = /^(Own jobs |Postgres |ready )|…( done in \d+ s)?$/;

/** The command `batchyard` of a yard. @param {string} yard */
export const commandOf = (yard) => join(yard, 'node_modules', '.bin', 'batchyard');

/**
 * Starts a yard and waits until it is ready. The steps that it tells are printed with their time.
 * @param {string} yard
 * @param {string} key of the API, made if the yard is new
 */
export async function startYard(yard, key) {
  const env = { ...process.env, INIT_API_KEY: key, NODE_ENV: 'production', PORT: '0', WORKER_PROCESSES: '1' };
  const child = spawn(commandOf(yard), ['start'], { cwd: yard, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const began = performance.now();
  let output = '';
  let url = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      url ||= /^ready (\S+)/.exec(line)?.[1] ?? '';
      if (TOLD.test(line)) console.log(`  ${since(began).padStart(5)} s  ${line}`);
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
 * @param {{ key: string, method?: string, body?: unknown }} options
 */
export async function call(url, { key, method = 'GET', body }) {
  const headers = { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await response.text();
  check(response.ok, `${method} ${url} answered ${response.status}: ${text.slice(0, 1000)}`);
  return text;
}
