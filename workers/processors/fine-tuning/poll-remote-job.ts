import { env } from '@/lib/config/env';
import type { ProgressChart } from '@/lib/contracts/job';
import type { FineTuningEndpoint } from '@/lib/domain/fine-tuning/endpoint';
import { FINISHED, type RemoteEvent, type RemoteJob } from '@/lib/domain/fine-tuning/protocol';
import { pause } from '@/lib/outbound/pause';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { retryWhileBusy } from './retry-while-busy';

type Job = ProcessorContext<'fine-tuning'>;

export interface RemoteOutcome {
  remote: RemoteJob;
  finalLoss: number | null;
  finalValidationLoss: number | null;
}

const LEVELS: Record<string, 'info' | 'warn' | 'error'> = { warn: 'warn', warning: 'warn', error: 'error' };
const SLOWEST = 6;
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Polls the remote job until it has ended. Its events become log lines, progress and loss curves. */
export async function pollRemoteJob(job: Job, endpoint: FineTuningEndpoint, remoteId: string): Promise<RemoteOutcome> {
  const seen = new Set<string>();
  const losses = new Map<'training loss' | 'validation loss', [number, number][]>();
  let step = 0;
  let total = 0;
  let status = '';
  const add = (name: 'training loss' | 'validation loss', y: number | undefined) => {
    if (y !== undefined && step > 0) losses.set(name, [...(losses.get(name) ?? []), [step, y]]);
  };
  const take = (event: RemoteEvent) => {
    seen.add(event.id);
    const { data } = event;
    step = numberOf(data?.step) ?? step;
    total = numberOf(data?.total_steps) ?? total;
    add('training loss', numberOf(data?.train_loss) ?? numberOf(data?.training_loss));
    add('validation loss', numberOf(data?.valid_loss) ?? numberOf(data?.validation_loss));
    if (event.message) job.log(LEVELS[event.level] ?? 'info', event.message);
  };
  const chart = (): ProgressChart => ({
    axis: 'step',
    series: [...losses].map(([name, points]) => ({ name, points })),
  });
  for (let quiet = 0; ; ) {
    // The state is read first, so that the events are complete when the job has ended.
    const remote = await retryWhileBusy(() => endpoint.read(remoteId, job.signal), job.signal);
    const events = await retryWhileBusy(() => endpoint.eventsSince(remoteId, seen, job.signal), job.signal);
    for (const event of events) take(event);
    if (remote.status !== status) job.log('info', `The remote job is ${remote.status.replaceAll('_', ' ')}.`);
    quiet = events.length > 0 || remote.status !== status ? 0 : Math.min(quiet + 1, SLOWEST);
    status = remote.status;
    const last = losses.get('training loss')?.at(-1)?.[1];
    const loss = last === undefined ? '' : `, loss ${last.toPrecision(4)}`;
    job.updateProgress(
      step,
      total,
      total > 0 ? `Step ${step} of ${total}${loss}` : status.replaceAll('_', ' '),
      chart(),
    );
    if ((FINISHED as readonly string[]).includes(status)) {
      return {
        remote,
        finalLoss: last ?? null,
        finalValidationLoss: losses.get('validation loss')?.at(-1)?.[1] ?? null,
      };
    }
    await pause(env().FINE_TUNING_POLL_MS * (1 + quiet / 2), job.signal);
  }
}
