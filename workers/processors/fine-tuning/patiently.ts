import { EndpointBusyError, EndpointRefusedError } from '@/lib/domain/fine-tuning/protocol';
import { pause } from '@/lib/outbound/pause';
import { PermanentError, RetryLaterError } from '@/workers/runtime/processor';

/** A longer wait is handed to the queue: the job gives its place up meanwhile. */
const PATIENCE_MS = 60_000;
const MAX_TRIES = 6;

/**
 * A call, repeated while the endpoint is busy: as long as it asked for, else after pauses that double. Those double too
 * where it asks for next to nothing.
 */
export async function patiently<T>(call: () => Promise<T>, signal: AbortSignal, firstMs = 1000): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof EndpointRefusedError) throw refused(error);
      if (!(error instanceof EndpointBusyError)) throw error;
      const ours = firstMs * 2 ** (tries - 1);
      const wait = error.retryAfterMs === undefined ? ours : Math.max(error.retryAfterMs, ours / 10);
      if (wait > PATIENCE_MS || tries === MAX_TRIES) {
        throw new RetryLaterError(error.message, Math.max(wait, firstMs), error.code, { cause: error });
      }
      await pause(wait, signal);
    }
  }
}

export const refused = (error: EndpointRefusedError): PermanentError =>
  new PermanentError(error.message, 'fine-tuning-refused', { cause: error });
