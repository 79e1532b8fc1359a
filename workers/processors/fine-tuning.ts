import { systemContext } from '@/lib/domain/context';
import { configuredEndpoint, type FineTuningEndpoint, MARK } from '@/lib/domain/fine-tuning/endpoint';
import { EndpointRefusedError } from '@/lib/domain/fine-tuning/protocol';
import type { RemoteRun } from '@/lib/domain/remote-run/remote-runs';
import { endRun, openRun, saveRun } from '@/lib/domain/remote-run/remote-runs';
import { PermanentError, type Processor, type ProcessorContext } from '@/workers/runtime/processor';
import { pollRemoteJob } from './fine-tuning/poll-remote-job';
import { retryWhileBusy } from './fine-tuning/retry-while-busy';
import { check, upload } from './fine-tuning/upload';
import { leaveQuarantine } from './leave-quarantine';

type Job = ProcessorContext<'fine-tuning'>;

/** Validates, uploads, starts and polls. Each step stores its result, so that a restart continues there. */
export const processFineTuning: Processor<'fine-tuning'> = async (job) => {
  const endpoint = configuredEndpoint();
  if (!endpoint) {
    throw new PermanentError(
      'No fine-tuning endpoint is configured: an operator has to set FINE_TUNING_BASE_URL and start Batchyard again.',
      'not-configured',
    );
  }
  await leaveQuarantine(job);
  const context = systemContext(job.organizationId);
  job.updateProgress(0, 0, 'Checking the examples');
  const { fileId, validationFileId } = job.data;
  const checked = await check(job, fileId);
  const validated = validationFileId && (await check(job, validationFileId));
  const run = await openRun(context, job.jobId, endpoint.baseUrl);
  if (run.endpoint !== endpoint.baseUrl) {
    throw new PermanentError(
      `This job runs at ${run.endpoint}, which is no longer the configured endpoint.`,
      'not-configured',
    );
  }
  let remoteId = run.remoteId;
  try {
    if (remoteId) job.log('info', `Going on with the remote job ${remoteId}.`);
    else {
      job.updateProgress(0, 0, 'Uploading');
      const training = await upload(job, endpoint, run, 'training', fileId, checked.bytes);
      const validation =
        validated && (await upload(job, endpoint, run, 'validation', validationFileId, validated.bytes));
      remoteId = await start(job, endpoint, run, { training, validation });
    }
    const { remote, ...losses } = await pollRemoteJob(job, endpoint, remoteId);
    await endRun(context, job.jobId);
    if (remote.status !== 'succeeded' || !remote.fine_tuned_model) throw unsuccessful(remote);
    const checkpoints = await retryWhileBusy(() => endpoint.checkpoints(remote.id, job.signal), job.signal);
    if (remote.trained_tokens) job.cost({ tokens: remote.trained_tokens });
    return {
      model: remote.fine_tuned_model,
      remoteJobId: remote.id,
      trainedTokens: remote.trained_tokens ?? null,
      examples: checked.examples,
      ...losses,
      checkpoints: checkpoints
        .map((c) => ({ step: c.step_number, model: c.fine_tuned_model_checkpoint }))
        .sort((a, b) => a.step - b.step),
    };
  } catch (error) {
    if (job.signal.aborted) await stopRemote(job, endpoint, remoteId, run.files.training);
    throw error;
  }
};

/** Cancels the remote job, with retries for a while. If the endpoint cannot be reached, the sweep repeats it. */
async function stopRemote(
  job: Job,
  endpoint: FineTuningEndpoint,
  known: string | null,
  fileId: string | undefined,
): Promise<void> {
  const signal = AbortSignal.timeout(STOP_PATIENCE_MS);
  try {
    // If the response to the start request was lost, the remote job may exist.
    const remoteId = known ?? (fileId && (await endpoint.findJob('', fileId, signal))?.id);
    if (remoteId) {
      await retryWhileBusy(() => endpoint.cancel(remoteId, signal), signal, 250);
      job.log('info', `Cancelled the remote job ${remoteId}.`);
    }
    await endRun(systemContext(job.organizationId), job.jobId);
  } catch (error) {
    const over = error instanceof PermanentError && error.cause instanceof EndpointRefusedError;
    if (over) await endRun(systemContext(job.organizationId), job.jobId);
    job.log('warn', `The remote job could not be cancelled: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const STOP_PATIENCE_MS = 20_000;

function unsuccessful(remote: {
  status: string;
  error?: { message?: string | null | undefined; code?: string | null | undefined } | null | undefined;
}) {
  if (remote.status === 'cancelled') {
    return new PermanentError('The fine-tuning was cancelled at the endpoint.', 'fine-tuning-cancelled');
  }
  const why = remote.error?.message || 'The endpoint did not say why.';
  return new PermanentError(`The fine-tuning failed: ${why}`, remote.error?.code || 'fine-tuning-failed');
}

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
