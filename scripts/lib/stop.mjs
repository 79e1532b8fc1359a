import { npmAbove } from './lock.mjs';
import { runs } from './process-identity.mjs';
import { say } from './step.mjs';
import { stopTasks } from './task.mjs';

// npm passes a signal on that the terminal has sent us already; only a later one is a second wish.
const ECHO = 1_000;

/** Thrown to leave the start-up when a stop was asked for meanwhile. */
class Stopped extends Error {}

/** Stops things in the reverse order of their start, once, however it was asked for. */
export function createStop() {
  const undo = [];
  const forced = [];
  const watchers = [];
  let askedAt = 0;

  const run = async (code) => {
    askedAt ||= Date.now();
    for (const tell of watchers) {
      try {
        tell();
      } catch (error) {
        // A full disk: the stop goes on, only others don't see that it is under way.
        say(`The stop could not be noted in DATA_DIR (${error.code ?? error.message}).`);
      }
    }
    await stopTasks();
    while (undo.length) {
      await undo
        .pop()()
        .catch((error) => console.error(error));
    }
    process.exit(code);
  };
  const ask = (why) => {
    if (!askedAt) {
      askedAt = Date.now();
      say(`${why}Stopping: work in progress gets up to ten seconds. Once more to force.`);
      run(0);
    } else if (Date.now() - askedAt > ECHO) {
      say('Forced.');
      for (const kill of forced) kill();
      while (undo.length) undo.pop();
      process.exit(1);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => ask(''));
  watchNpm(() => askedAt || ask('npm is gone. '));

  return {
    run,
    asked: () => askedAt > 0,
    check: () => {
      if (askedAt) throw new Stopped();
    },
    /** What to undo at the end; `kill` when there is no time. */
    add: (step, kill) => {
      undo.push(async () => step());
      if (kill) forced.push(kill);
    },
    onAsked: (tell) => watchers.push(tell),
  };
}

// A killed npm tells us nothing, and would leave us running where nobody sees it.
function watchNpm(onGone) {
  const npm = npmAbove();
  if (npm?.since) setInterval(() => runs(npm) || onGone(), 500).unref();
}
