import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEventName, ServerEvents } from '@/lib/contracts/events';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import type { JobProgress, JobSummaryDto } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import {
  batchFrames,
  capacitySignature,
  flowProgress,
  jobFrames,
  type KnownBatch,
  type KnownFlow,
  type KnownJob,
  knownFlow,
  knownJob,
} from './diff';
import { comment, frame, sharedFrame } from './frame';

/** The output of a stream. While the client reads too slowly, `write` discards the text and returns false. */
export interface Sink {
  write(text: string): boolean;
  /** writes the text, whatever the size of the queue */
  force(text: string): void;
  close(): void;
}

/** Maximum rows of a kind for which a viewer stores the state of its client. */
const MAX_KNOWN = 2_000;

/** One open stream: its filter, the state of its client, and the events that update the client. */
export class Viewer {
  readonly batches = new Map<string, KnownBatch>();
  readonly jobs = new Map<string, KnownJob>();
  readonly flows = new Map<string, KnownFlow>();
  /** false until its snapshot is sent, and again when its client fell behind */
  ready = false;
  /** its client reads too slowly: it receives a new snapshot when its queue is empty */
  behind = false;
  closed = false;
  /** batches that changed while it was not ready */
  readonly missed = new Set<string>();
  #capacity = '';

  constructor(
    readonly context: Context,
    readonly filter: Filter,
    private readonly sink: Sink,
  ) {}

  get unfiltered(): boolean {
    return isUnfiltered(this.filter);
  }

  wantsBatch = (batchId: string): boolean => wantsBatch(this.filter, batchId);
  wantsFlow = (flowId: string): boolean => wantsFlow(this.filter, flowId);
  wantsJob = (jobId: string, groupId: string | null): boolean => wantsJob(this.filter, jobId, groupId);

  /** Sends the snapshot: the first message, and the first one after the client fell behind. Changes follow it. */
  snapshot(data: ServerEvents['snapshot']): void {
    const before = new Map(this.batches);
    this.batches.clear();
    this.jobs.clear();
    this.flows.clear();
    for (const batch of data.batches) this.batches.set(batch.id, batchFrames(batch).known);
    for (const job of data.jobs ?? []) this.jobs.set(job.id, knownJob(job));
    for (const flow of data.flows ?? []) this.flows.set(flow.id, knownFlow(flow));
    this.#capacity = capacitySignature(data.capacity);
    this.ready = true;
    if (!this.closed) this.sink.force(sharedFrame('snapshot', data));
    // The dropped events may include the end of a batch that the client shows as running, so it is sent again.
    for (const batch of data.batches) {
      const known = before.get(batch.id);
      if (known && batch.finishedAt) this.#send(batchFrames(batch).framesSince(known));
    }
  }

  /** Sends the changes of a batch that its client has not received. */
  batch(batch: BatchDto): void {
    const frames = batchFrames(batch);
    this.#send(frames.framesSince(this.batches.get(batch.id)));
    // If the queue was full, the client did not receive these frames.
    if (this.ready) remember(this.batches, batch.id, frames.known);
  }

  /** Sends the counts of a flow if they changed. */
  flow(flow: FlowSummaryDto): void {
    const known = knownFlow(flow);
    if (this.flows.get(flow.id)?.signature === known.signature) return;
    this.#sendEvent('flow:progress', flowProgress(flow));
    remember(this.flows, flow.id, known);
  }

  /** Sends the changes of a job that its client has not received. */
  job(job: JobSummaryDto, created: boolean): void {
    const frames = jobFrames(job, created);
    this.#send(frames.framesSince(this.jobs.get(job.id)));
    remember(this.jobs, job.id, frames.known);
  }

  /** Sends progress as it was reported. Progress that arrives after the end of its job is dropped. */
  progress(jobId: string, batchId: string | null, progress: JobProgress): void {
    const known = this.jobs.get(jobId);
    const text = stringifyJson(progress);
    if (known?.finished || known?.progress === text) return;
    // A copy: other viewers share the object.
    if (known) this.jobs.set(jobId, { ...known, progress: text });
    this.#sendEvent('job:progress', { jobId, batchId, progress });
  }

  error(data: ServerEvents['error']): void {
    this.#sendEvent('error', data);
  }

  /** Sends capacity and workers if they changed. */
  capacity(data: ServerEvents['capacity']): void {
    const signature = capacitySignature(data);
    if (signature === this.#capacity) return;
    this.#capacity = signature;
    this.#sendEvent('capacity', data);
  }

  heartbeat(): void {
    if (this.ready) this.#write(comment('heartbeat'));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.ready = false;
    this.sink.close();
  }

  #sendEvent<Name extends ServerEventName>(event: Name, data: ServerEvents[Name]): void {
    this.#send([frame(event, data)]);
  }

  #send(frames: string[]): void {
    for (const text of frames) {
      if (!this.ready) return;
      this.#write(text);
    }
  }

  /** Sends nothing while the queue is full. The client receives a new snapshot after it has read the queue. */
  #write(text: string): void {
    if (this.closed || this.sink.write(text)) return;
    this.ready = false;
    this.behind = true;
  }
}

/** Stores the newest states. A removed state causes at most one repeated event. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_KNOWN) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

/** Selects the rows of a stream. Without ids, the stream covers the whole organization. */
export interface Filter {
  batchIds: ReadonlySet<string>;
  jobIds: ReadonlySet<string>;
  flowIds: ReadonlySet<string>;
}

const MAX_IDS = 200;
const MAX_ID_LENGTH = 64;

/** @throws DomainError `invalid-request` */
export function filterOf(request: Request): Filter {
  const { searchParams } = new URL(request.url);
  for (const name of new Set(searchParams.keys())) {
    if (name !== 'batchId' && name !== 'jobId' && name !== 'flowId') throw refused(name, 'is not a known parameter');
  }
  return {
    batchIds: ids(searchParams, 'batchId'),
    jobIds: ids(searchParams, 'jobId'),
    flowIds: ids(searchParams, 'flowId'),
  };
}

function ids(params: URLSearchParams, name: string): Set<string> {
  const given = params.getAll(name);
  if (given.length > MAX_IDS) throw refused(name, `may be given at most ${MAX_IDS} times`);
  if (given.some((id) => id === '' || id.length > MAX_ID_LENGTH)) throw refused(name, 'is not an id');
  return new Set(given.map((id) => id.toLowerCase()));
}

const refused = (path: string, message: string) =>
  new DomainError('invalid-request', `The parameter ${path} ${message}.`, { errors: [{ path, message }] });

/** Returns a key that is equal for equivalent filters. */
export const filterKey = ({ batchIds, jobIds, flowIds }: Filter): string =>
  [batchIds, jobIds, flowIds].map((ids) => [...ids].sort().join(' ')).join('\n');

export const isUnfiltered = (filter: Filter): boolean =>
  filter.batchIds.size + filter.jobIds.size + filter.flowIds.size === 0;

const wantsBatch = (filter: Filter, batchId: string): boolean => isUnfiltered(filter) || filter.batchIds.has(batchId);

const wantsFlow = (filter: Filter, flowId: string): boolean => isUnfiltered(filter) || filter.flowIds.has(flowId);

/** @param groupId the job's batch or flow */
const wantsJob = (filter: Filter, jobId: string, groupId: string | null): boolean =>
  isUnfiltered(filter) ||
  filter.jobIds.has(jobId) ||
  (groupId !== null && (filter.batchIds.has(groupId) || filter.flowIds.has(groupId)));
