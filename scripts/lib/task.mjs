import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { codeOf, StartError } from './failure.mjs';
import { GUARD, ROOT } from './place.mjs';
import { signalGroup, until } from './wait.mjs';

const KEPT_LINES = 80;
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * @typedef {object} TaskOptions
 * @property {string} name what the error message calls it
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(line: string) => void} [onLine] called with each line of output
 * @property {'pipe' | 'inherit'} [stdout] 'inherit' shows its standard output
 */

/**
 * Runs a command to its end. Its output is kept, and shown only if it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {TaskOptions} options
 * @throws {StartError} with the last lines of its output, when it fails
 */
export async function runTask(command, args, { name, env = process.env, onLine, stdout = 'pipe' }) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...env, BATCHYARD_PARENT: String(process.pid) },
    stdio: ['ignore', stdout, 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C reaches only this process, which stops the whole group.
    detached: true,
  });
  running.add(child);
  /** @type {string[]} */
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line);
      if (tail.length > KEPT_LINES) tail.shift();
      onLine?.(line);
    });
  }
  try {
    const [code, signalName] = await once(child, 'close');
    if (code !== 0) throw new StartError(`${name} failed (${signalName ?? `exit ${code}`}).\n${tail.join('\n')}`);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new StartError(`${name} failed: ${command} was not found.`);
    throw error;
  } finally {
    running.delete(child);
  }
}

/**
 * Runs a script with this Node; it ends when this process is gone.
 * @param {string[]} args
 * @param {TaskOptions} options
 */
export const runScript = (args, options) => runTask(process.execPath, ['--import', GUARD, ...args], options);

/** Stops the commands that are running. */
export async function stopTasks() {
  for (const child of running) signalGroup(child, 'SIGTERM');
  if (await until(() => running.size === 0, 5_000)) return;
  for (const child of running) signalGroup(child, 'SIGKILL');
}
