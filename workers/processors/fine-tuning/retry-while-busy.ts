import { exponential } from '@/lib/contracts/backoff';
import { EndpointBusyError, EndpointRefusedError } from '@/lib/domain/fine-tuning/protocol';
import { pause } from '@/lib/outbound/pause';
import { PermanentError, RetryLaterError } from '@/workers/runtime/processor';

/** A longer delay is left to the queue, so that the job does not occupy a consumer in the meantime. */
const MAX_WAIT_MS = 60_000;
const MAX_TRIES = 6;

/**
 * Repeats a request while the endpoint is busy: after its Retry-After, else with exponential backoff. The delay is
 * never shorter than a tenth of the backoff.
 * @throws RetryLaterError after six tries or for a delay over a minute; PermanentError if the endpoint refuses
 */
export async function retryWhileBusy<T>(call: () => Promise<T>, signal: AbortSignal, firstMs = 1000): Promise<T> {
  const backoff = exponential({ base: firstMs });
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof EndpointRefusedError) throw refused(error);
      if (!(error instanceof EndpointBusyError)) throw error;
      const own = backoff(tries);
      const wait = error.retryAfterMs === undefined ? own : Math.max(error.retryAfterMs, own / 10);
      if (wait > MAX_WAIT_MS || tries === MAX_TRIES) {
        throw new RetryLaterError(error.message, Math.max(wait, firstMs), error.code, { cause: error });
      }
      await pause(wait, signal);
    }
  }
}

export const refused = (error: EndpointRefusedError): PermanentError =>
  new PermanentError(error.message, 'fine-tuning-refused', { cause: error });
