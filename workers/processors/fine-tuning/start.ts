import { systemContext } from '@/lib/domain/context';
import { type FineTuningEndpoint, MARK } from '@/lib/domain/fine-tuning/endpoint';
import type { RemoteRun } from '@/lib/domain/remote-run/remote-runs';
import { saveRun } from '@/lib/domain/remote-run/remote-runs';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { retryWhileBusy } from './retry-while-busy';

type Job = ProcessorContext<'fine-tuning'>;

/**
 * Starts the remote job at most once. An earlier attempt may have started it before its response was lost, so the job
 * is first searched by Batchyard's mark and by its training file, which no other job uses.
 */
export async function start(
  job: Job,
  endpoint: FineTuningEndpoint,
  run: RemoteRun,
  files: { training: string; validation?: string | undefined },
): Promise<string> {
  const mark = `${job.jobId}.${run.round}`;
  const { id, adopted } = await retryWhileBusy(async () => {
    const before = await endpoint.findJob(mark, files.training, job.signal);
    if (before) return { id: before.id, adopted: true };
    return { id: (await endpoint.start(bodyOf(job, files, mark), mark, job.signal)).id, adopted: false };
  }, job.signal);
  await saveRun(systemContext(job.organizationId), job.jobId, { remoteId: id });
  job.log('info', adopted ? `Found the remote job ${id}, which was started before.` : `Started the remote job ${id}.`);
  return id;
}

function bodyOf(
  { data }: Job,
  files: { training: string; validation?: string | undefined },
  mark: string,
): Record<string, unknown> {
  const hyperparameters = {
    ...(data.epochs !== undefined && { n_epochs: data.epochs }),
    ...(data.batchSize !== undefined && { batch_size: data.batchSize }),
    ...(data.learningRateMultiplier !== undefined && { learning_rate_multiplier: data.learningRateMultiplier }),
  };
  return {
    model: data.model,
    training_file: files.training,
    ...(files.validation && { validation_file: files.validation }),
    ...(data.suffix && { suffix: data.suffix }),
    ...(data.seed !== undefined && { seed: data.seed }),
    method: { type: data.method, [data.method]: { hyperparameters } },
    metadata: { [MARK]: mark },
  };
}
