import { StartError } from './failure.mjs';
import { tailOf } from './log.mjs';
import { until } from './wait.mjs';

const PATIENCE = 120_000;
const DEATHS = 3;
/**
 * Returns the loopback address for a server that listens on all addresses.
 * @type {Partial<Record<string, string>>}
 */
const ANY = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Returns the URL of the dashboard for a browser on this machine.
 * @param {string} host
 * @param {number} port
 */
export function urlOf(host, port) {
  const name = ANY[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/**
 * Waits until the dashboard reports that it is ready, without a limit while it answers: the database or the queue may
 * come later, and the dashboard reports meanwhile what is wrong.
 * @param {string} url
 * @param {ReturnType<typeof import('./supervise.mjs').supervise>[]} parts
 * @param {() => boolean} isStopping
 * @throws {StartError} when a part keeps dying, or does not answer
 */
export async function waitUntilReady(url, parts, isStopping) {
  const failing = () => parts.find((part) => part.deaths() >= DEATHS);
  /** @type {number | null} */
  let answer = null;
  const ready = async () => {
    answer = await statusOf(`${url}/api/health/ready`);
    return isStopping() || failing() || answer === 200;
  };
  let over = await until(ready, PATIENCE, 200);
  while (!over && answer !== null) over = await until(ready, PATIENCE, 1_000);
  const part = failing() ?? (over ? null : parts[0]);
  if (part && !isStopping()) throw failure(part);
}

/**
 * Waits until the workers report that they run, without a limit: the queue may come later.
 * @param {ReturnType<typeof import('./supervise.mjs').supervise>[]} parts
 * @param {() => boolean} isStopping
 * @throws {StartError} when they keep dying
 */
export async function waitForWorkers(parts, isStopping) {
  const failing = () => parts.find((part) => part.deaths() >= DEATHS);
  const isOver = () => isStopping() || failing() || parts.every((part) => part.isReady());
  while (!(await until(isOver, PATIENCE)));
  const part = failing();
  if (part && !isStopping()) throw failure(part);
}

/** @param {ReturnType<typeof import('./supervise.mjs').supervise>} part */
const failure = (part) =>
  new StartError(`${part.name} did not become ready. The end of ${part.logPath()}:\n${tailOf(part.logPath())}`);

/**
 * The status of the answer; null while nothing listens.
 * @param {string} url
 */
export async function statusOf(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    // Not listening yet.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return null;
    throw error;
  }
}
