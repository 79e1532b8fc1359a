import { createInterface } from 'node:readline';
import { openLog } from './log.mjs';

const WARN = 40;

/**
 * Sends what a process says to its log file; warnings, errors and plain words on standard error also to the terminal.
 * @param all everything to the terminal (development)
 */
export function followOutput(child, { name, logs, all = false }) {
  const log = openLog(logs, name);
  let last = '';
  const tell = (line) => {
    const text = readable(line);
    // What is said again and again is said once; the log has every line.
    if (text !== last) process.stderr.write(`${name}: ${text}\n`);
    last = text;
  };
  const follow = (stream, isNews) =>
    createInterface({ input: stream }).on('line', (line) => {
      log.write(line);
      if (all || isNews(line)) tell(line);
    });
  follow(child.stdout, () => false);
  follow(child.stderr, (line) => (parse(line)?.level ?? WARN) >= WARN);
  return log;
}

function parse(line) {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    // Not a log record after all: a line of text that begins with a brace.
    return null;
  }
}

function readable(line) {
  const record = parse(line);
  if (!record?.msg) return line;
  const cause = record.err?.message;
  return cause && cause !== record.msg ? `${record.msg}: ${cause}` : record.msg;
}
