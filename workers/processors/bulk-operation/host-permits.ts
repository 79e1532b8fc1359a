import { setTimeout as pause } from 'node:timers/promises';
import { systemContext } from '@/lib/domain/context';
import { enterHost, leaveHost } from '@/lib/domain/outbound-call/enter-host';
import { NEAR_MS, takeTurn } from '@/lib/domain/outbound-call/take-turn';
import { ConcurrencyLimiter } from '@/workers/runtime/concurrency-limiter';
import { type ProcessorContext, RetryLaterError } from '@/workers/runtime/processor';

type Job = ProcessorContext<'bulk-operation'>;

/** How many milliseconds before its turn a job is delivered, because delivery takes time. */
const EARLY_MS = 3000;
const LONGEST_WAIT_MS = 60_000;
const POLL_MS = 50;
const MAX_POLL_MS = 400;

const limiters = new Map<string, ConcurrencyLimiter>();

/** Waits for its turn if the row limits the requests per minute to a host. @throws RetryLaterError for a long wait */
export async function waitForHostTurn({ jobId, organizationId, data, signal, log }: Job, host: string): Promise<void> {
  if (!data.hostRatePerMinute) return;
  const context = systemContext(organizationId);
  const wait = await takeTurn(context, { jobId, host, ratePerMinute: data.hostRatePerMinute });
  if (wait > NEAR_MS) {
    log('info', `Its turn at ${host} comes in ${Math.round(wait / 1000)} s`);
    throw new RetryLaterError(`Waits for its turn at ${host}.`, wait - EARLY_MS, 'host-rate', { exact: true });
  }
  if (wait > 0) await pause(wait, undefined, { signal });
}

/**
 * Acquires a permit if the row limits the concurrent requests to a host. In each process, at most as many callers as
 * the limit poll the database; the others wait in memory.
 * @returns a function that releases the permit
 * @throws RetryLaterError when no permit was available within a minute
 */
export async function acquireHostPermit(job: Job, host: string): Promise<() => Promise<void>> {
  const { jobId, organizationId, attempt, data, signal } = job;
  const limit = data.hostConcurrency;
  if (!limit) return async () => undefined;
  const context = systemContext(organizationId);
  const name = `${organizationId} ${host}`;
  const limiter = limiters.get(name) ?? new ConcurrencyLimiter();
  limiters.set(name, limiter);
  const late = AbortSignal.timeout(LONGEST_WAIT_MS);
  const leave = () => {
    limiter.release();
    if (limiter.idle) limiters.delete(name);
  };
  try {
    await limiter.acquire(limit, AbortSignal.any([signal, late]));
  } catch (error) {
    if (limiter.idle) limiters.delete(name);
    throw late.aborted && !signal.aborted ? crowded(host, attempt) : error;
  }
  try {
    for (let wait = POLL_MS; ; wait = Math.min(wait * 1.5, MAX_POLL_MS)) {
      if (await enterHost(context, { jobId, host, concurrency: limit, ttlMs: data.timeoutMs + 15_000 })) break;
      if (late.aborted) throw crowded(host, attempt);
      await pause(wait * (0.5 + Math.random()), undefined, { signal });
    }
  } catch (error) {
    leave();
    throw error;
  }
  return async () => {
    leave();
    await leaveHost(context, jobId);
  };
}

/** The delay grows with the number of attempts. */
const crowded = (host: string, attempt: number): RetryLaterError =>
  new RetryLaterError(
    `${host} is called as often at once as allowed.`,
    Math.min(attempt, 30) * 1000 * (1 + Math.random()),
    'host-concurrency',
    { exact: true },
  );
