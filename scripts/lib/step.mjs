const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const QUIET_UNTIL = 400;
const PLAIN_EVERY = 10_000;

/**
 * Prints a line on the terminal. Standard output is kept for the first password and the `ready` line.
 * @param {string} text
 */
export const say = (text) => process.stderr.write(`${text}\n`);

/** @typedef {(text: string) => void} Detail */

/**
 * Runs one long step and shows what it is doing: a live line on a terminal, a line every ten seconds elsewhere.
 * A step that takes less than 400 ms prints nothing.
 * @template T
 * @param {string} title
 * @param {(detail: Detail) => T | Promise<T>} work gets a function that shows details
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const line = process.stderr.isTTY ? liveLine(title, started, seconds) : plainLine(title, seconds);
  try {
    const result = await work(line.detail);
    line.end(Date.now() - started < QUIET_UNTIL ? '' : `${title} … done in ${seconds()}`);
    return result;
  } catch (error) {
    line.end(`${title} … failed after ${seconds()}`);
    throw error;
  }
}

/**
 * The live lines of steps that run at the same time; the terminal shows the newest.
 * @type {NodeJS.Timeout[]}
 */
const live = [];

/**
 * @param {string} title
 * @param {number} started milliseconds since 1970
 * @param {() => string} seconds
 */
function liveLine(title, started, seconds) {
  let detail = '';
  let frame = 0;
  const timer = setInterval(() => {
    if (live.at(-1) !== timer || Date.now() - started < QUIET_UNTIL) return;
    const text = `${FRAMES[frame++ % FRAMES.length]} ${title} … ${seconds()}${detail && `  ${detail}`}`;
    process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  }, 100);
  live.push(timer);
  return {
    /** @type {Detail} */
    detail: (text) => {
      detail = text;
    },
    /** @type {Detail} */
    end: (text) => {
      clearInterval(timer);
      live.splice(live.indexOf(timer), 1);
      process.stderr.write(`\r\x1b[2K${text && `${text}\n`}`);
    },
  };
}

/**
 * @param {string} title
 * @param {() => string} seconds
 */
function plainLine(title, seconds) {
  let detail = '';
  let said = false;
  const first = setTimeout(() => {
    said = true;
    say(`${title} …`);
  }, QUIET_UNTIL);
  const timer = setInterval(() => say(`  … ${seconds()}${detail && `  ${detail}`}`), PLAIN_EVERY);
  return {
    /** @type {Detail} */
    detail: (text) => {
      detail = text;
    },
    /** @type {Detail} */
    end: (text) => {
      clearTimeout(first);
      clearInterval(timer);
      if (said && text) say(text);
    },
  };
}
