import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { followOutput } from './output.mjs';
import { GUARD, ROOT } from './place.mjs';
import { say } from './step.mjs';
import { signalGroup, until } from './wait.mjs';

const LONGEST_PAUSE = 30_000;
/** after this long a crash is a new one, not the same again */
const STEADY = 60_000;

/**
 * @typedef {object} SuperviseOptions
 * @property {string} name
 * @property {string[]} args what Node runs
 * @property {NodeJS.ProcessEnv} env
 * @property {string} logs folder of its log
 * @property {number} patience how long it may take to end when asked, in milliseconds
 * @property {boolean} [all] its whole output goes to the terminal
 * @property {() => void} [onChange] called when its pid changes
 */

/**
 * Keeps one process running: it is started again when it dies, after 1 s, 2 s, 4 s … at most 30 s.
 * @param {SuperviseOptions} options
 */
export function supervise({ name, args, env, logs, patience, all = false, onChange }) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let deaths = 0;
  let expected = false;
  let stopped = false;
  let current = start();

  function start() {
    const born = Date.now();
    expected = false;
    const child = spawn(process.execPath, ['--import', GUARD, ...args], {
      cwd: ROOT,
      env: { ...env, BATCHYARD_PARENT: String(process.pid) },
      // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop things in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = followOutput(child, { name, logs, all });
    // Delayed, because the log reader may not have received the last lines yet.
    child.once('close', () => setTimeout(log.close, 1_000).unref());
    child.once('exit', (code, signalName) => {
      if (expected) return;
      deaths = Date.now() - born > STEADY ? 1 : deaths + 1;
      const pause = Math.min(1000 * 2 ** (deaths - 1), LONGEST_PAUSE);
      const how = signalName ?? `exit ${code}`;
      say(`${name} ended unexpectedly (${how}); starting again in ${pause / 1000} s. Log: ${log.path}`);
      startAfter(child, pause);
    });
    queueMicrotask(() => onChange?.());
    return { child, log };
  }

  /**
   * What it forked finishes its work, and is gone before its successor starts.
   * @param {import('node:child_process').ChildProcess} dead
   * @param {number} pause milliseconds
   */
  const startAfter = async (dead, pause) => {
    await Promise.race([once(dead, 'close'), sleep(patience)]);
    signalGroup(dead, 'SIGKILL');
    if (expected) return;
    timer = setTimeout(() => {
      current = start();
    }, pause);
  };

  const isOver = () => current.child.exitCode !== null || current.child.signalCode !== null;
  return {
    name,
    pid: () => (isOver() ? null : current.child.pid),
    deaths: () => deaths,
    logPath: () => current.log.path,
    /** Kills it and restarts it at once, for changed code. */
    async restart() {
      if (expected || isOver()) return;
      expected = true;
      await end(current.child, patience, isOver);
      if (!stopped) current = start();
    },
    /** Asks it to end, and kills it with its child processes after the timeout. */
    async stop() {
      expected = true;
      stopped = true;
      clearTimeout(timer);
      await end(current.child, patience, isOver);
    },
    kill() {
      expected = true;
      stopped = true;
      clearTimeout(timer);
      signalGroup(current.child, 'SIGKILL');
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} patience milliseconds
 * @param {() => boolean} isOver
 */
async function end(child, patience, isOver) {
  if (!isOver()) child.kill('SIGTERM');
  await until(isOver, patience);
  // Its child processes share its process group, so all of them are killed.
  signalGroup(child, 'SIGKILL');
  await until(isOver, 2_000);
}
