import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './step.mjs';

const LIMIT = 10 * 1024 * 1024;
const WIDTH = 300;

/**
 * Opens DATA_DIR/logs/<name>.log for appending; a long one is put aside first, and one old one is kept. A log that can't
 * be written (a full disk) stops nothing: that is said once, and writing goes on when it can, with the number of lines
 * that are missing.
 * @param {string} folder
 * @param {string} name
 * @param {(fd: number, text: string) => number} put
 * @returns `path`; `fd`, or null when it can't be opened; `write(line)` and `close()`, which never throw
 */
export function openLog(folder, name, put = writeSync) {
  const path = join(folder, `${name}.log`);
  const log = { path, fd: null, write, close };
  let missing = 0;
  let isFailing = false;

  function open() {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (existsSync(path) && statSync(path).size > LIMIT) renameSync(path, `${path}.1`);
    log.fd = openSync(path, 'a', 0o600);
  }
  function attempt(work) {
    try {
      work();
      return true;
    } catch (error) {
      if (!isFailing) say(`${path} can't be written (${error.code ?? error.message}); going on without it.`);
      isFailing = true;
      return false;
    }
  }
  function write(line) {
    const isWritten = attempt(() => {
      if (log.fd === null) open();
      // The last line may have been cut off in the middle.
      const note = missing > 0 ? `\n(${missing} lines are missing here: the log could not be written)\n` : '';
      put(log.fd, `${note}${line}\n`);
    });
    if (isWritten && isFailing) say(`${path} is written again; ${missing} lines are missing.`);
    if (isWritten) isFailing = false;
    missing = isWritten ? 0 : missing + 1;
  }
  function close() {
    if (log.fd !== null) attempt(() => closeSync(log.fd));
    log.fd = null;
  }

  attempt(open);
  return log;
}

/** The last lines of a log, to show when something did not start. */
export function tailOf(path, lines = 20) {
  if (!existsSync(path)) return '';
  const last = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines);
  return last.map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH)} …` : line)).join('\n');
}
