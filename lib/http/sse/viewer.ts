import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEventName, ServerEvents } from '@/lib/contracts/events';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import type { JobProgress, JobSummaryDto } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import type { Context } from '@/lib/domain/context';
import { type Filter, isUnfiltered, wantsBatch, wantsFlow, wantsJob } from './filter';
import { comment, frame, sharedFrame } from './frame';
import {
  capacitySignature,
  progressOfFlow,
  type SeenBatch,
  type SeenFlow,
  type SeenJob,
  seenFlow,
  seenJob,
} from './messages';
import { newsOfBatch, newsOfJob } from './news';

/** Where a viewer's text goes. `write` gives false, and takes nothing, when the client reads too slowly. */
export interface Sink {
  write(text: string): boolean;
  /** takes it whatever is waiting */
  force(text: string): void;
  close(): void;
}

/** Rows of a kind of which it is remembered what the client knows. */
const MAX_SEEN = 2_000;

/** One open stream: what it is about, what its client knows, and what it must be told. */
export class Viewer {
  readonly batches = new Map<string, SeenBatch>();
  readonly jobs = new Map<string, SeenJob>();
  readonly flows = new Map<string, SeenFlow>();
  /** false until its snapshot is sent, and again when its client fell behind */
  ready = false;
  /** its client reads slowly: it gets a fresh snapshot once its queue is empty */
  behind = false;
  closed = false;
  /** what changed while it was not ready */
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

  /** The first message, and the one after falling behind. From here on it is told what changes. */
  snapshot(data: ServerEvents['snapshot']): void {
    const before = new Map(this.batches);
    this.batches.clear();
    this.jobs.clear();
    this.flows.clear();
    for (const batch of data.batches) this.batches.set(batch.id, newsOfBatch(batch).now);
    for (const job of data.jobs ?? []) this.jobs.set(job.id, seenJob(job));
    for (const flow of data.flows ?? []) this.flows.set(flow.id, seenFlow(flow));
    this.#capacity = capacitySignature(data.capacity);
    this.ready = true;
    if (!this.closed) this.sink.force(sharedFrame('snapshot', data));
    // Whoever fell behind waits for the end of what it saw running; the end itself may be what did not fit.
    for (const batch of data.batches) {
      const seen = before.get(batch.id);
      if (seen && batch.finishedAt) this.#tell(newsOfBatch(batch).since(seen));
    }
  }

  /** What is new of a batch. */
  batch(batch: BatchDto): void {
    const news = newsOfBatch(batch);
    this.#tell(news.since(this.batches.get(batch.id)));
    // What did not fit into its queue, it has not seen.
    if (this.ready) remember(this.batches, batch.id, news.now);
  }

  /** The counts of a flow, where they differ from what was told. */
  flow(flow: FlowSummaryDto): void {
    const seen = seenFlow(flow);
    if (this.flows.get(flow.id)?.told === seen.told) return;
    this.#say('flow:progress', progressOfFlow(flow));
    remember(this.flows, flow.id, seen);
  }

  /** What is new of a job. */
  job(job: JobSummaryDto, created: boolean): void {
    const news = newsOfJob(job, created);
    this.#tell(news.since(this.jobs.get(job.id)));
    remember(this.jobs, job.id, news.now);
  }

  /** Progress as it was reported; what comes after the end of its job is dropped. */
  progress(jobId: string, batchId: string | null, progress: JobProgress): void {
    const seen = this.jobs.get(jobId);
    const told = stringifyJson(progress);
    if (seen?.finished || seen?.progress === told) return;
    // A copy: what it knew is shared with other viewers.
    if (seen) this.jobs.set(jobId, { ...seen, progress: told });
    this.#say('job:progress', { jobId, batchId, progress });
  }

  error(data: ServerEvents['error']): void {
    this.#say('error', data);
  }

  /** Slots and workers, where they differ from what was told. */
  capacity(data: ServerEvents['capacity']): void {
    const signature = capacitySignature(data);
    if (signature === this.#capacity) return;
    this.#capacity = signature;
    this.#say('capacity', data);
  }

  heartbeat(): void {
    // A client that does not read is noticed by its queue; the heartbeat adds nothing to it.
    if (this.ready) this.#write(comment('heartbeat'));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.ready = false;
    this.sink.close();
  }

  #say<Name extends ServerEventName>(event: Name, data: ServerEvents[Name]): void {
    this.#tell([frame(event, data)]);
  }

  #tell(frames: string[]): void {
    for (const text of frames) {
      if (!this.ready) return;
      this.#write(text);
    }
  }

  /** A full queue ends the telling: the client gets a fresh snapshot once it has read what is waiting. */
  #write(text: string): void {
    if (this.closed || this.sink.write(text)) return;
    this.ready = false;
    this.behind = true;
  }
}

/** Keeps the newest; what was forgotten is at worst told again. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_SEEN) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
