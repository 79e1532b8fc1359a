import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { StartError } from './failure.mjs';
import { GUARD, ROOT } from './place.mjs';
import { signal, until } from './wait.mjs';

const KEPT_LINES = 80;
const running = new Set();

/**
 * Runs a command to its end. Its output is kept, and shown only if it fails.
 * @param options.name what failed, for the message
 * @param options.onLine told each line of output
 * @param options.stdout 'inherit' lets its standard output through
 */
export async function runTask(command, args, { name, env = process.env, onLine, stdout = 'pipe' }) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...env, BATCHYARD_PARENT: String(process.pid) },
    stdio: ['ignore', stdout, 'pipe', 'ipc'],
    // A group of its own: Ctrl-C reaches us alone, and we stop the whole of it.
    detached: true,
  });
  running.add(child);
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
    if (error.code === 'ENOENT') throw new StartError(`${name} failed: ${command} was not found.`);
    throw error;
  } finally {
    running.delete(child);
  }
}

/** Runs a script with this node; it ends when we are gone. */
export const runScript = (args, options) => runTask(process.execPath, ['--import', GUARD, ...args], options);

/** Stops whatever step is under way. */
export async function stopTasks() {
  for (const child of running) signal(-child.pid, 'SIGTERM');
  if (await until(() => running.size === 0, 5_000)) return;
  for (const child of running) signal(-child.pid, 'SIGKILL');
}
