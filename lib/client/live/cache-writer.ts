import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import { keys } from '@/lib/client/keys';
import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEvents } from '@/lib/contracts/events';
import type { JobDetailDto, JobProgress, JobSummaryDto } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';
import type { CapacityDto } from '@/lib/contracts/system';
import { BatchTruth } from './batch-truth';
import type { ServerMessage } from './event-stream';
import { patchFlowNodes, writeFlowProgress } from './flow-writer';
import { Frame } from './frame';
import { JobTruth } from './job-truth';
import { Throttle } from './throttle';

export type BatchPages = InfiniteData<{ batches: BatchDto[]; nextCursor: string | null }>;
export type JobPages = InfiniteData<{ jobs: JobSummaryDto[]; nextCursor: string | null }>;

type JobPatch = Partial<JobSummaryDto>;

/**
 * Writes server events into the query caches: detail, every list page that holds the row, and capacity. Events are
 * gathered and written once per frame; what can't be patched (membership of lists, statistics) is asked for again, rarely.
 */
export class CacheWriter {
  readonly batches = new BatchTruth();
  readonly jobs = new JobTruth();
  readonly #client: QueryClient;
  readonly #now: () => number;
  readonly #queue = new Map<string, ServerMessage>();
  readonly #frame: Frame;
  readonly #throttle = new Throttle();

  constructor(client: QueryClient, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#now = now;
    this.#frame = new Frame(() => this.flush());
  }

  /** Takes an event. Of several about the same thing in one frame, only the last is written. */
  take(message: ServerMessage): void {
    if (message.event === 'snapshot') {
      this.#queue.clear();
      this.#writeSnapshot(message.data);
      return;
    }
    const key = slotOf(message);
    if (!key) return;
    this.#queue.delete(key);
    this.#queue.set(key, message);
    this.#frame.request();
  }

  /** Writes what was gathered. Called by the frame; also by tests. */
  flush(): void {
    const batches = new Set<string>();
    const jobs = new Map<string, JobPatch>();
    const unclear = new Set<string>();
    let capacity: CapacityDto | null = null;
    for (const message of this.#queue.values()) {
      if (message.event === 'capacity') capacity = message.data;
      else if (message.event === 'flow:progress') writeFlowProgress(this.#client, message.data, this.#throttle);
      else this.#apply(message, batches, jobs, unclear);
    }
    this.#queue.clear();
    if (capacity) this.#client.setQueryData(keys.capacity, capacity);
    this.#patchBatches(batches);
    this.#patchJobs(jobs);
    // After the patches: a written query counts as fresh.
    for (const id of unclear) this.#askAboutBatch(id);
  }

  #apply(message: ServerMessage, batches: Set<string>, jobs: Map<string, JobPatch>, unclear: Set<string>): void {
    const now = this.#now();
    switch (message.event) {
      case 'processing:started':
        this.batches.reopen(message.data.batchId);
        unclear.add(message.data.batchId);
        break;
      case 'processing:progress':
      case 'done': {
        const { data } = message;
        const before = this.batches.get(data.batchId);
        const verdict =
          message.event === 'done' ? this.batches.finish(message.data, now) : this.batches.apply(message.data, now);
        if (verdict === 'newer') batches.add(data.batchId);
        // Times and reasons travel only in the row itself; an older event may also mean a run nobody announced.
        if (verdict !== 'newer' || before?.status !== data.status) unclear.add(data.batchId);
        break;
      }
      case 'job:progress':
        this.#progress(message.data.jobId, message.data.progress, jobs);
        break;
      case 'job-created':
      case 'job-update':
      case 'job-completed':
      case 'job-failed':
        this.jobs.apply(message.data.job, now);
        jobs.set(message.data.job.id, message.data.job);
        break;
    }
  }

  #progress(jobId: string, progress: JobProgress, jobs: Map<string, JobPatch>): void {
    if (!this.jobs.progress(jobId, progress, this.#now())) return;
    jobs.set(jobId, { ...jobs.get(jobId), status: 'active', progress });
  }

  #writeSnapshot(snapshot: ServerEvents['snapshot']): void {
    const now = this.#now();
    const ids = new Set(snapshot.batches.map((batch) => this.batches.absorb(batch, now, now).id));
    const jobs = new Map<string, JobPatch>();
    for (const job of snapshot.jobs ?? []) {
      this.jobs.apply(job, now);
      jobs.set(job.id, job);
    }
    if (snapshot.capacity) this.#client.setQueryData(keys.capacity, snapshot.capacity);
    this.#patchBatches(ids);
    this.#patchJobs(jobs);
    this.askAgain();
  }

  /** Whatever happened while nobody listened: asks again for everything on screen, and marks the rest as old. */
  askAgain(): void {
    const affected = ({ queryKey, state }: Query): boolean =>
      state.status !== 'pending' && LIVE.has(queryKey[0]) && !isLong(state.data);
    void this.#client.invalidateQueries({ predicate: affected });
  }

  #patchBatches(ids: Set<string>): void {
    if (ids.size === 0) return;
    for (const id of ids) {
      const batch = this.batches.get(id);
      if (batch && this.#client.getQueryData(keys.batches.detail(id))) {
        this.#client.setQueryData<BatchDto>(keys.batches.detail(id), batch);
      }
    }
    for (const query of this.#client.getQueryCache().findAll({ queryKey: keys.batches.lists })) {
      const data = query.state.data as BatchPages | undefined;
      const next = data && mapPages(data, 'batches', (b) => (ids.has(b.id) ? (this.batches.get(b.id) ?? b) : b));
      if (next && next !== data) this.#client.setQueryData(query.queryKey, next);
    }
  }

  #patchJobs(patches: Map<string, JobPatch>): void {
    if (patches.size === 0) return;
    const patch = (job: JobSummaryDto): JobSummaryDto => {
      const change = patches.get(job.id);
      return change ? { ...job, ...change } : job;
    };
    for (const [id, change] of patches) {
      const held = this.#client.getQueryData<JobDetailDto>(keys.jobs.detail(id));
      if (!held) continue;
      const ended = change.status !== undefined && isTerminal(change.status) && change.status !== held.status;
      // Its result, or its error whole, comes with the answer: until then it is shown as it was.
      if (!ended) this.#client.setQueryData<JobDetailDto>(keys.jobs.detail(id), { ...held, ...factsOf(change) });
      const restarted = change.attemptsMade !== undefined && change.attemptsMade !== held.attemptsMade;
      const moved = ended || restarted || (change.status !== undefined && change.status !== held.status);
      if (moved) void this.#client.invalidateQueries({ queryKey: keys.jobs.detail(id) });
    }
    const lists = [
      ...this.#client.getQueryCache().findAll({ queryKey: keys.jobs.lists }),
      ...this.#client.getQueryCache().findAll({ queryKey: ['batches', 'jobs'] }),
    ];
    for (const query of lists) {
      const data = query.state.data as JobPages | undefined;
      const next = data && mapPages(data, 'jobs', patch);
      if (next && next !== data) this.#client.setQueryData(query.queryKey, next);
    }
    patchFlowNodes(this.#client, patches);
    this.#throttle.run('stats', 4_000, () => void this.#client.invalidateQueries({ queryKey: keys.jobs.stats }));
  }

  #askAboutBatch(id: string): void {
    this.#throttle.run(`batch:${id}`, 400, () => {
      void this.#client.invalidateQueries({ queryKey: keys.batches.detail(id) });
      void this.#client.invalidateQueries({ queryKey: keys.batches.failures(id) });
      void this.#client.invalidateQueries({ queryKey: keys.batches.matrix(id) });
    });
    this.#throttle.run('lists', 1_000, () => void this.#client.invalidateQueries({ queryKey: keys.batches.lists }));
  }
}

/** The first word of the keys of whatever the stream keeps current. */
const LIVE: ReadonlySet<unknown> = new Set(['batches', 'jobs', 'flows']);

/** More pages than this are not all read again at once; the list reads those on screen itself. */
const LONG = 6;

const isLong = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages) && data.pages.length > LONG;

/** What of an event may be written into a single job, which is held whole: an event carries the rest cut. */
function factsOf(change: JobPatch): Partial<JobDetailDto> {
  const { dataPreview, resultPreview, metadata, metadataPreview, description, error, warnings, ...facts } = change;
  return facts;
}

/** What an event is about: a later one in the same slot replaces it. */
function slotOf(message: ServerMessage): string | null {
  switch (message.event) {
    case 'processing:started':
    case 'processing:progress':
    case 'done':
      return `${message.event} ${message.data.batchId}`;
    case 'job:progress':
      return `job:progress ${message.data.jobId}`;
    case 'job-created':
    case 'job-update':
    case 'job-completed':
    case 'job-failed':
      return `job ${message.data.job.id}`;
    case 'flow:progress':
      return `flow:progress ${message.data.flowId}`;
    case 'capacity':
      return 'capacity';
    default:
      return null;
  }
}

function mapPages<K extends string, T>(
  data: InfiniteData<Record<K, T[]> & { nextCursor: string | null }>,
  field: K,
  change: (row: T) => T,
): InfiniteData<Record<K, T[]> & { nextCursor: string | null }> {
  let touched = false;
  const pages = data.pages.map((page) => {
    const rows = page[field].map(change);
    if (rows.every((row, i) => row === page[field][i])) return page;
    touched = true;
    return { ...page, [field]: rows };
  });
  return touched ? { ...data, pages } : data;
}
