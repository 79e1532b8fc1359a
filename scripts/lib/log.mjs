import { existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT = 10 * 1024 * 1024;
const WIDTH = 300;

/** Opens DATA_DIR/logs/<name>.log for appending; a long one is put aside first, and one old one is kept. */
export function openLog(folder, name) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.log`);
  if (existsSync(path) && statSync(path).size > LIMIT) renameSync(path, `${path}.1`);
  return { path, fd: openSync(path, 'a', 0o600) };
}

/** The last lines of a log, to show when something did not start. */
export function tailOf(path, lines = 20) {
  if (!existsSync(path)) return '';
  const last = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines);
  return last.map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH)} …` : line)).join('\n');
}
