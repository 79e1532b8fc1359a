import { systemContext } from '@/lib/domain/context';
import { configuredEndpoint, type FineTuningEndpoint } from '@/lib/domain/fine-tuning/endpoint';
import { EndpointRefusedError } from '@/lib/domain/fine-tuning/protocol';
import { endRun, openRun } from '@/lib/domain/remote-run/remote-runs';
import { PermanentError, type Processor, type ProcessorContext } from '@/workers/runtime/processor';
import { pollRemoteJob } from './fine-tuning/poll-remote-job';
import { retryWhileBusy } from './fine-tuning/retry-while-busy';
import { start } from './fine-tuning/start';
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
