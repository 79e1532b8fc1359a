import { StartError } from './failure.mjs';
import { tailOf } from './log.mjs';
import { until } from './wait.mjs';

const PATIENCE = 120_000;
const DEATHS = 3;
/** listening on every address, it is reached at the loopback one */
const ANY = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where a browser on this machine reaches the dashboard. */
export function urlOf(host, port) {
  const name = ANY[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Waits until the dashboard says that it is ready; gives up when a part keeps dying. */
export async function waitUntilReady(url, parts, isStopping) {
  const failing = () => parts.find((part) => part.deaths() >= DEATHS);
  const ready = await until(
    async () => isStopping() || failing() || (await answers(`${url}/api/health/ready`)),
    PATIENCE,
    200,
  );
  const part = failing() ?? (ready ? null : parts[0]);
  if (!part || isStopping()) return;
  throw new StartError(`${part.name} did not become ready. The end of ${part.logPath()}:\n${tailOf(part.logPath())}`);
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch (error) {
    // Not listening yet.
    if (error instanceof TypeError || error.name === 'TimeoutError') return false;
    throw error;
  }
}
