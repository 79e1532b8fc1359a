import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchProgressEvent, ServerEvents } from '@/lib/contracts/events';
import type { FlowProgressEvent, FlowSummaryDto } from '@/lib/contracts/flow';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { isFinished } from '@/lib/contracts/status';
import type { CapacityDto } from '@/lib/contracts/system';

export type Message = { [N in keyof ServerEvents]: { event: N; data: ServerEvents[N] } }[keyof ServerEvents];

/** What a viewer knows of a batch. */
export interface SeenBatch {
  signature: string;
  run: number;
  finished: boolean;
}

/** `processing:progress`; beyond the contract it says what else a screen shows of a running batch. */
type Progress = BatchProgressEvent & Pick<BatchDto, 'run' | 'paused' | 'cancelMode'>;

function progressOf(b: BatchDto): Progress {
  return {
    batchId: b.id,
    status: b.status,
    progress: b.progress,
    completed: b.completed,
    failed: b.failed,
    cancelled: b.cancelled,
    warned: b.warned,
    active: b.active,
    pending: b.pending,
    total: b.total,
    ratePerSecond: b.ratePerSecond,
    etaSeconds: b.etaSeconds,
    run: b.run,
    paused: b.paused,
    cancelMode: b.cancelMode,
  };
}

export const seenBatch = (b: BatchDto): SeenBatch => ({
  signature: stringifyJson(progressOf(b)),
  run: b.run,
  finished: isFinished(b.status),
});

/** What a viewer that knew `before` of a batch must be told now. */
export function batchMessages(before: SeenBatch | undefined, batch: BatchDto): Message[] {
  const now = seenBatch(batch);
  if (before?.signature === now.signature) return [];
  const messages: Message[] = [];
  const ran = before?.run ?? 0;
  if (now.run > ran && batch.startedAt) {
    messages.push({ event: 'processing:started', data: { batchId: batch.id, total: batch.total } });
  }
  messages.push({ event: 'processing:progress', data: progressOf(batch) });
  if (now.finished && !(before?.finished && before.run === now.run)) {
    const { id: batchId, status, completed, failed, cancelled, warned, total } = batch;
    messages.push({ event: 'done', data: { batchId, status, completed, failed, cancelled, warned, total } });
  }
  return messages;
}

export const progressOfFlow = (f: FlowSummaryDto): FlowProgressEvent => ({
  flowId: f.id,
  status: f.status,
  total: f.total,
  counts: f.counts,
  progress: f.progress,
  finishedAt: f.finishedAt,
});

/** What a viewer knows of a flow. */
export interface SeenFlow {
  told: string;
  open: boolean;
}

export const seenFlow = (f: FlowSummaryDto): SeenFlow => ({
  told: stringifyJson(progressOfFlow(f)),
  open: f.finishedAt === null,
});

/** What a viewer knows of a job. */
export interface SeenJob {
  batchId: string | null;
  state: string;
  progress: string;
  finished: boolean;
}

export const seenJob = (j: JobSummaryDto): SeenJob => ({
  batchId: j.batchId,
  state: stringifyJson([j.status, j.attemptsMade, j.cancelRequested, j.startedAt, j.finishedAt, j.runAt, j.createdAt]),
  progress: stringifyJson(j.progress),
  finished: j.finishedAt !== null,
});

/** What a viewer that knew `before` of a job must be told now. */
export function jobMessages(before: SeenJob | undefined, job: JobSummaryDto, created: boolean): Message[] {
  const now = seenJob(job);
  const report: Message[] =
    before && before.progress !== now.progress && job.progress
      ? [{ event: 'job:progress', data: { jobId: job.id, batchId: job.batchId, progress: job.progress } }]
      : [];
  if (before?.state === now.state) return report;
  const data = { job };
  const messages: Message[] = [];
  if (created && !before) messages.push({ event: 'job-created', data });
  if (job.status === 'completed') messages.push({ event: 'job-completed', data });
  else if (job.status === 'failed') messages.push({ event: 'job-failed', data });
  else if (messages.length === 0) messages.push({ event: 'job-update', data });
  // The last report comes with the end, and a report after the end is dropped.
  return now.finished ? [...report, ...messages] : messages;
}

/** Whether anything that `capacity` tells has changed; when a worker was last seen is not news. */
export const capacitySignature = (c: CapacityDto): string =>
  stringifyJson([
    c.runningBatches,
    c.maxBatches,
    c.queueAwaySince,
    c.isShuttingDown,
    c.workers.map((w) => [w.id, w.processes, w.jobsActive]),
  ]);
