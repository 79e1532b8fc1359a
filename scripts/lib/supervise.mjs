import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { followOutput } from './output.mjs';
import { GUARD, ROOT } from './place.mjs';
import { say } from './step.mjs';
import { signalGroup, until } from './wait.mjs';

const PAUSE = { first: 100, second: 1000, most: 30_000 };
/** after this time a crash counts as a new one, in milliseconds */
const STEADY = 60_000;

/**
 * @typedef {object} SuperviseOptions
 * @property {string} name
 * @property {string[]} args what Node runs
 * @property {NodeJS.ProcessEnv} env
 * @property {string} logs folder of its log
 * @property {number} patience how long it may take to end after a request, in milliseconds
 * @property {boolean} [all] its whole output goes to the terminal
 * @property {() => void} [onChange] called when its pid changes
 */

/**
 * Keeps one process running: it is started again when it dies, at once, then after 1 s, 2 s, 4 s … at most 30 s.
 * @param {SuperviseOptions} options
 */
export function supervise({ name, args, env, logs, patience, all = false, onChange }) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let deaths = 0;
  let ready = false;
  let expected = false;
  let stopped = false;
  /** @type {Set<import('node:child_process').ChildProcess>} dead ones whose own child processes may still run */
  const dying = new Set();
  let current = start();

  function start() {
    const born = Date.now();
    expected = false;
    const child = spawn(process.execPath, ['--import', GUARD, ...args], {
      cwd: ROOT,
      env: { ...env, BATCHYARD_PARENT: String(process.pid) },
      // A process group of its own: Ctrl-C reaches only this process, which stops the parts in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = followOutput(child, { name, logs, all });
    child.once('message', () => {
      ready = true;
    });
    // Delayed, because the log reader may not have received the last lines yet.
    child.once('close', () => setTimeout(log.close, 1_000).unref());
    child.once('exit', (code, signalName) => {
      if (expected) return;
      deaths = Date.now() - born > STEADY ? 1 : deaths + 1;
      const pause = deaths === 1 ? PAUSE.first : Math.min(PAUSE.second * 2 ** (deaths - 2), PAUSE.most);
      const how = signalName ?? `exit ${code}`;
      say(`${name} ended unexpectedly (${how}); starting again in ${pause / 1000} s. Log: ${log.path}`);
      void endForked(child);
      timer = setTimeout(() => {
        current = start();
      }, pause);
    });
    queueMicrotask(() => onChange?.());
    return { child, log };
  }

  /**
   * Its child processes may finish their work while the successor starts. Then they are killed.
   * @param {import('node:child_process').ChildProcess} dead
   */
  const endForked = async (dead) => {
    dying.add(dead);
    await Promise.race([once(dead, 'close'), sleep(patience)]);
    signalGroup(dead, 'SIGKILL');
    dying.delete(dead);
  };
  const killForked = () => {
    for (const dead of dying) signalGroup(dead, 'SIGKILL');
  };

  const isOver = () => current.child.exitCode !== null || current.child.signalCode !== null;
  return {
    name,
    pid: () => (isOver() ? null : current.child.pid),
    deaths: () => deaths,
    /** Whether it has reported, once, that it runs. The dashboard answers requests for that instead. */
    isReady: () => ready,
    logPath: () => current.log.path,
    /** Kills it and restarts it at once, for changed code. */
    async restart() {
      if (expected || isOver()) return;
      expected = true;
      await end(current.child, patience, isOver);
      if (!stopped) current = start();
    },
    /** Requests its end, and kills it with its child processes after the timeout. */
    async stop() {
      expected = true;
      stopped = true;
      clearTimeout(timer);
      await end(current.child, patience, isOver);
      killForked();
    },
    kill() {
      expected = true;
      stopped = true;
      clearTimeout(timer);
      signalGroup(current.child, 'SIGKILL');
      killForked();
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
