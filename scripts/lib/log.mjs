import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { codeOrMessage } from './failure.mjs';
import { say } from './step.mjs';

const LIMIT = 10 * 1024 * 1024;
const WIDTH = 300;

/**
 * @typedef {object} Log
 * @property {string} path
 * @property {number | null} fd null when it can't be opened
 * @property {(line: string) => void} write never throws
 * @property {() => void} close never throws
 */

/**
 * Opens DATA_DIR/logs/<name>.log for appending. A log above 10 MB is renamed first; one old log is kept. If a log
 * can't be written (a full disk), nothing stops: the problem is printed once, and writing continues as soon as possible,
 * with the number of missing lines.
 * @param {string} folder
 * @param {string} name
 * @param {(fd: number, text: string) => number} put
 * @returns {Log}
 */
export function openLog(folder, name, put = writeSync) {
  const path = join(folder, `${name}.log`);
  /** @type {Log} */
  const log = { path, fd: null, write, close };
  let missing = 0;
  let isFailing = false;

  function open() {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (existsSync(path) && statSync(path).size > LIMIT) renameSync(path, `${path}.1`);
    log.fd = openSync(path, 'a', 0o600);
    return log.fd;
  }
  /** @param {() => void} work */
  function attempt(work) {
    try {
      work();
      return true;
    } catch (error) {
      if (!isFailing) say(`${path} can't be written (${codeOrMessage(error)}); going on without it.`);
      isFailing = true;
      return false;
    }
  }
  /** @param {string} line */
  function write(line) {
    const isWritten = attempt(() => {
      const fd = log.fd ?? open();
      // The last line may have been cut off in the middle.
      const note = missing > 0 ? `\n(${missing} lines are missing here: the log could not be written)\n` : '';
      put(fd, `${note}${line}\n`);
    });
    if (isWritten && isFailing) say(`${path} is written again; ${missing} lines are missing.`);
    if (isWritten) isFailing = false;
    missing = isWritten ? 0 : missing + 1;
  }
  function close() {
    const { fd } = log;
    log.fd = null;
    if (fd !== null) attempt(() => closeSync(fd));
  }

  attempt(open);
  return log;
}

/**
 * Returns the last lines of a log, for the error message of a failed start.
 * @param {string} path
 */
export function tailOf(path, lines = 20) {
  if (!existsSync(path)) return '';
  const last = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines);
  return last.map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH)} …` : line)).join('\n');
}
