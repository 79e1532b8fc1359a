import { createInterface } from 'node:readline';
import { openLog } from './log.mjs';

const WARN = 40;

/**
 * Writes the output of a process to its log file; warnings, errors and plain text on standard error also to the terminal.
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ name: string, logs: string, all?: boolean }} options `all`: everything to the terminal (development)
 */
export function followOutput(child, { name, logs, all = false }) {
  const log = openLog(logs, name);
  let last = '';
  /** @param {string} line */
  const print = (line) => {
    const text = readable(line);
    // Repeated lines are printed once; the log has every line.
    if (text !== last) process.stderr.write(`${name}: ${text}\n`);
    last = text;
  };
  /**
   * @param {import('node:stream').Readable | null} stream
   * @param {(line: string) => boolean} isPrinted
   */
  const follow = (stream, isPrinted) => {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(line);
      if (all || isPrinted(line)) print(line);
    });
  };
  follow(child.stdout, () => false);
  follow(child.stderr, (line) => (parse(line)?.level ?? WARN) >= WARN);
  return log;
}

/**
 * @param {string} line
 * @returns {{ level?: number, msg?: string, err?: { message?: string } } | null} the log record of a line, or null
 */
function parse(line) {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    // A line of text that begins with a brace is no log record.
    return null;
  }
}

/** @param {string} line */
function readable(line) {
  const record = parse(line);
  if (!record?.msg) return line;
  const cause = record.err?.message;
  return cause && cause !== record.msg ? `${record.msg}: ${cause}` : record.msg;
}
