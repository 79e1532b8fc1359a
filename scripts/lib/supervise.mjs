import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { followOutput } from './output.mjs';
import { GUARD, ROOT } from './place.mjs';
import { say } from './step.mjs';
import { signal, until } from './wait.mjs';

const LONGEST_PAUSE = 30_000;
/** after this long a crash is a new one, not the same again */
const STEADY = 60_000;

/**
 * Keeps one process running: started again when it dies, after 1 s, 2 s, 4 s … at most 30 s.
 * @param options.args what node runs
 * @param options.patience how long it may take to end when asked, in milliseconds
 * @param options.onChange called whenever its pid changes
 */
export function supervise({ name, args, env, logs, patience, all, onChange }) {
  let child;
  let timer;
  let deaths = 0;
  let expected = false;
  let stopped = false;
  let log;

  const start = () => {
    const born = Date.now();
    expected = false;
    child = spawn(process.execPath, ['--import', GUARD, ...args], {
      cwd: ROOT,
      env: { ...env, BATCHYARD_PARENT: String(process.pid) },
      // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop things in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const opened = followOutput(child, { name, logs, all });
    log = opened;
    // A moment later, for the last lines are still on their way through the reader.
    child.once('close', () => setTimeout(opened.close, 1_000).unref());
    child.once('exit', (code, signalName) => {
      if (expected) return;
      deaths = Date.now() - born > STEADY ? 1 : deaths + 1;
      const pause = Math.min(1000 * 2 ** (deaths - 1), LONGEST_PAUSE);
      const how = signalName ?? `exit ${code}`;
      say(`${name} ended unexpectedly (${how}); starting again in ${pause / 1000} s. Log: ${log.path}`);
      startAfter(child, pause);
    });
    onChange?.();
  };

  // What it forked finishes what it holds, and is gone before its successor begins.
  const startAfter = async (dead, pause) => {
    await Promise.race([once(dead, 'close'), sleep(patience)]);
    if (dead.pid) signal(-dead.pid, 'SIGKILL');
    if (!expected) timer = setTimeout(start, pause);
  };

  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  start();
  return {
    name,
    pid: () => (isOver() ? null : child.pid),
    deaths: () => deaths,
    logPath: () => log.path,
    /** Ends it now and starts it at once, for changed code. */
    async restart() {
      if (expected || isOver()) return;
      expected = true;
      await end(child, patience, isOver);
      if (!stopped) start();
    },
    /** Asks it to end, and kills it and what it forked when its time is over. */
    async stop() {
      expected = true;
      stopped = true;
      clearTimeout(timer);
      await end(child, patience, isOver);
    },
    kill() {
      expected = true;
      stopped = true;
      clearTimeout(timer);
      if (child.pid) signal(-child.pid, 'SIGKILL');
    },
  };
}

async function end(child, patience, isOver) {
  if (!isOver()) child.kill('SIGTERM');
  await until(isOver, patience);
  // What it forked shares its group; nothing of it stays behind.
  if (child.pid) signal(-child.pid, 'SIGKILL');
  await until(isOver, 2_000);
}
