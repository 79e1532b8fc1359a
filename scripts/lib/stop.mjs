import { codeOrMessage } from './failure.mjs';
import { npmAbove } from './lock.mjs';
import { runs } from './process-identity.mjs';
import { say } from './step.mjs';
import { stopTasks } from './task.mjs';

// npm forwards a signal that the terminal has sent us already. Only a later one counts as a second request.
const ECHO = 1_000;

/** The time limit for a stop of the workers, in milliseconds. Their own limits add up to less. */
export const WORKERS_STOP_IN = 11_000;

/**
 * @typedef {object} Stop
 * @property {(code: number) => Promise<never>} run stops everything and ends this process
 * @property {() => boolean} asked
 * @property {() => void} check leaves the start-up if a stop was requested
 * @property {(step: () => unknown, kill?: () => void) => void} add what to undo at the end; `kill` when there is no time
 * @property {(listener: () => void) => void} onAsked
 */

/** Thrown to leave the start-up when a stop was requested meanwhile. */
class Stopped extends Error {}

/**
 * Stops things once, in the reverse order of their start.
 * @returns {Stop}
 */
export function createStop() {
  /** @type {(() => Promise<void>)[]} */
  const undo = [];
  /** @type {(() => void)[]} */
  const forced = [];
  /** @type {(() => void)[]} */
  const listeners = [];
  let askedAt = 0;

  /** @param {number} code */
  const run = async (code) => {
    askedAt ||= Date.now();
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        // The disk may be full: the stop continues, but other processes cannot see it.
        say(`The stop could not be noted in DATA_DIR (${codeOrMessage(error)}).`);
      }
    }
    await stopTasks();
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error) => console.error(error));
    process.exit(code);
  };
  /** @param {string} why */
  const ask = (why) => {
    if (!askedAt) {
      askedAt = Date.now();
      say(`${why}Stopping: work in progress gets up to ten seconds. Once more to force.`);
      run(0);
    } else if (Date.now() - askedAt > ECHO) {
      say('Forced.');
      for (const kill of forced) kill();
      process.exit(1);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => ask(''));
  watchNpm(() => {
    if (!askedAt) ask('npm is gone. ');
  });

  return {
    run,
    asked: () => askedAt > 0,
    check: () => {
      if (askedAt) throw new Stopped();
    },
    add: (step, kill) => {
      undo.push(async () => {
        await step();
      });
      if (kill) forced.push(kill);
    },
    onAsked: (listener) => {
      listeners.push(listener);
    },
  };
}

/**
 * A killed npm sends no signal, and this process would keep running unnoticed.
 * @param {() => void} onGone
 */
function watchNpm(onGone) {
  const npm = npmAbove();
  if (npm?.since) setInterval(() => runs(npm) || onGone(), 500).unref();
}
