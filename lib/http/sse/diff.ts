import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchProgressEvent, FlowProgressEvent, ServerMessage } from '@/lib/contracts/events';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { isFinished } from '@/lib/contracts/status';
import type { CapacityDto } from '@/lib/contracts/system';
import { frame } from './frame';

/** The state of a batch that the client of a viewer has received. */
export interface KnownBatch {
  signature: string;
  run: number;
  finished: boolean;
}

function batchProgress(b: BatchDto): BatchProgressEvent {
  return {
    batchId: b.id,
    status: b.status,
    progress: b.progress,
    completed: b.completed,
    failed: b.failed,
    cancelled: b.cancelled,
    warned: b.warned,
    ...(Object.keys(b.costs).length > 0 && { costs: b.costs }),
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

export const knownBatch = (b: BatchDto): KnownBatch => ({
  signature: stringifyJson(batchProgress(b)),
  run: b.run,
  finished: isFinished(b.status),
});

/** Returns the events that bring a client from the state `before` to the current batch. */
export function batchEvents(before: KnownBatch | undefined, batch: BatchDto): ServerMessage[] {
  const now = knownBatch(batch);
  if (before?.signature === now.signature) return [];
  const messages: ServerMessage[] = [];
  const ran = before?.run ?? 0;
  if (now.run > ran && batch.startedAt) {
    messages.push({ event: 'processing:started', data: { batchId: batch.id, total: batch.total } });
  }
  messages.push({ event: 'processing:progress', data: batchProgress(batch) });
  if (now.finished && !(before?.finished && before.run === now.run)) {
    const { id: batchId, status, completed, failed, cancelled, warned, total } = batch;
    messages.push({ event: 'done', data: { batchId, status, completed, failed, cancelled, warned, total } });
  }
  return messages;
}

export const flowProgress = (f: FlowSummaryDto): FlowProgressEvent => ({
  flowId: f.id,
  status: f.status,
  total: f.total,
  counts: f.counts,
  progress: f.progress,
  finishedAt: f.finishedAt,
});

/** The state of a flow that the client of a viewer has received. */
export interface KnownFlow {
  signature: string;
  open: boolean;
}

export const knownFlow = (f: FlowSummaryDto): KnownFlow => ({
  signature: stringifyJson(flowProgress(f)),
  open: f.finishedAt === null,
});

/** The state of a job that the client of a viewer has received. */
export interface KnownJob {
  batchId: string | null;
  state: string;
  progress: string;
  finished: boolean;
}

export const knownJob = (j: JobSummaryDto): KnownJob => ({
  batchId: j.batchId,
  state: stringifyJson([j.status, j.attemptsMade, j.cancelRequested, j.startedAt, j.finishedAt, j.runAt, j.createdAt]),
  progress: stringifyJson(j.progress),
  finished: j.finishedAt !== null,
});

/** Returns the events that bring a client from the state `before` to the current job. */
export function jobEvents(before: KnownJob | undefined, job: JobSummaryDto, created: boolean): ServerMessage[] {
  const now = knownJob(job);
  const report: ServerMessage[] =
    before && before.progress !== now.progress && job.progress
      ? [{ event: 'job:progress', data: { jobId: job.id, batchId: job.batchId, progress: job.progress } }]
      : [];
  if (before?.state === now.state) return report;
  const data = { job };
  const messages: ServerMessage[] = [];
  if (created && !before) messages.push({ event: 'job-created', data });
  if (job.status === 'completed') messages.push({ event: 'job-completed', data });
  else if (job.status === 'failed') messages.push({ event: 'job-failed', data });
  else if (messages.length === 0) messages.push({ event: 'job-update', data });
  // The last progress precedes the end, because clients ignore progress of a finished job.
  return now.finished ? [...report, ...messages] : messages;
}

/** Returns a text that changes when `capacity` must be sent again. It ignores when a worker was last seen. */
export const capacitySignature = (c: CapacityDto): string =>
  stringifyJson([
    c.runningBatches,
    c.activeBatches,
    c.maxBatches,
    c.canStart,
    c.queueAwaySince,
    c.pause,
    c.isShuttingDown,
    c.jobTypesChangedAt,
    c.workers.map((w) => [w.id, w.processes, w.jobsActive]),
  ]);

/**
 * Caches the frames that update clients to a row. Hundreds of viewers have the same state of the row, so each frame is
 * built once. Send the frames to all viewers in the same tick, because event ids must increase.
 */
class FrameCache<Known> {
  readonly #frames = new Map<string, string[]>();

  constructor(
    /** the state of a client after these frames */
    readonly known: Known,
    private readonly keyOf: (known: Known) => string,
    private readonly events: (before: Known | undefined) => ServerMessage[],
  ) {}

  /** Returns the frames for a client with the state `before`. */
  framesSince(before: Known | undefined): string[] {
    const key = before === undefined ? '' : this.keyOf(before);
    let frames = this.#frames.get(key);
    if (!frames) {
      frames = this.events(before).map(({ event, data }) => frame(event, data));
      this.#frames.set(key, frames);
    }
    return frames;
  }
}

const batches = new WeakMap<BatchDto, FrameCache<KnownBatch>>();
const jobs = new WeakMap<JobSummaryDto, FrameCache<KnownJob>>();

export function batchFrames(batch: BatchDto): FrameCache<KnownBatch> {
  let cache = batches.get(batch);
  if (!cache) {
    cache = new FrameCache(
      knownBatch(batch),
      (known) => known.signature,
      (before) => batchEvents(before, batch),
    );
    batches.set(batch, cache);
  }
  return cache;
}

/** @param created whether the job was just created; the same for all viewers */
export function jobFrames(job: JobSummaryDto, created: boolean): FrameCache<KnownJob> {
  let cache = jobs.get(job);
  if (!cache) {
    cache = new FrameCache(
      knownJob(job),
      (known) => `${known.state}${known.progress}`,
      (before) => jobEvents(before, job, created),
    );
    jobs.set(job, cache);
  }
  return cache;
}
