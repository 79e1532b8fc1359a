import { logger } from '@/lib/config/logger';
import { systemContext } from '@/lib/domain/context';
import { endRun, listAbandonedRuns } from '@/lib/domain/remote-run/remote-runs';
import { configuredEndpoint } from './endpoint';
import { EndpointRefusedError } from './protocol';

const TIMEOUT_MS = 10_000;

/**
 * Cancels remote fine-tunings whose job ended while no worker followed it, because they would cause further costs. If
 * the endpoint is unreachable, the next call tries again.
 * @returns how many were ended
 */
export async function cancelAbandonedFineTunings(): Promise<number> {
  const endpoint = configuredEndpoint();
  if (!endpoint) return 0;
  let ended = 0;
  for (const run of await listAbandonedRuns()) {
    if (run.endpoint !== endpoint.baseUrl) continue;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const remoteId = run.remoteId ?? (await lost(run.files.training));
      if (remoteId) await endpoint.cancel(remoteId, signal);
    } catch (error) {
      // A rejection means that there is nothing left to cancel, unless the API key was rejected.
      if (!(error instanceof EndpointRefusedError) || error.status === 401 || error.status === 403) {
        logger.warn(
          { err: error, jobId: run.jobId, correlationId: run.correlationId },
          'A remote fine-tuning could not be cancelled. A later round tries again.',
        );
        continue;
      }
    }
    await endRun(systemContext(run.organizationId), run.jobId);
    ended++;

    /** A start request may have been executed although its response was lost. */
    async function lost(fileId: string | undefined): Promise<string | undefined> {
      return fileId && endpoint ? (await endpoint.findJob('', fileId, signal))?.id : undefined;
    }
  }
  return ended;
}
