import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import { keys } from '@/lib/client/keys';
import type { BatchDto, BatchList } from '@/lib/contracts/batch';
import type { ServerEventName, ServerEvents, ServerMessage } from '@/lib/contracts/events';
import type { JobDetailDto, JobList, JobSummaryDto } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';
import { Throttle } from '@/lib/contracts/throttle';
import { EVENT_RULES, type Refresh } from './event-rules';
import { patchFlowNodes, writeFlowProgress } from './flow-cache';
import { NewestBatches, NewestJobs } from './newest-rows';

export type BatchPages = InfiniteData<BatchList>;
export type JobPages = InfiniteData<JobList>;

type JobPatch = Partial<JobSummaryDto>;
type MessageOf<Name extends ServerEventName> = { event: Name; data: ServerEvents[Name] };

/**
 * Writes server events into the query caches: detail, every list page that holds the row, and capacity. Events are
 * written once per frame. What an event does not carry is read again at a bounded rate, as EVENT_RULES says.
 */
export class CacheWriter {
  readonly batches = new NewestBatches();
  readonly jobs = new NewestJobs();
  readonly #client: QueryClient;
  readonly #now: () => number;
  readonly #queue = new Map<string, ServerMessage>();
  readonly #refreshes = new Map<string, Throttle>();
  #flushScheduled = false;
  #wasRefreshed = false;

  constructor(client: QueryClient, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#now = now;
  }

  /** Takes an event. Of several with the same merge key in one frame, only the last is written. */
  take(message: ServerMessage): void {
    if (message.event === 'snapshot') {
      this.#queue.clear();
      this.#writeSnapshot(message.data);
      return;
    }
    const key = mergeKeyOf(message);
    if (!key) return;
    this.#queue.delete(key);
    this.#queue.set(key, message);
    this.#scheduleFlush();
  }

  /** Writes the queued events. Called once per frame; also by tests. */
  flush(): void {
    const batches = new Set<string>();
    const jobs = new Map<string, JobPatch>();
    const refreshes: Refresh[] = [];
    for (const message of this.#queue.values()) refreshes.push(...this.#apply(message, batches, jobs));
    this.#queue.clear();
    this.#patchBatches(batches);
    this.#patchJobs(jobs);
    // After the patches: a query that was written counts as fresh.
    for (const refresh of refreshes) this.#refresh(refresh);
  }

  /** Once per animation frame; in a hidden tab, where no frame comes, twice a second. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    const run = (): void => {
      this.#flushScheduled = false;
      this.flush();
    };
    if (typeof requestAnimationFrame === 'function' && !globalThis.document?.hidden) requestAnimationFrame(run);
    else setTimeout(run, 500);
  }

  /** Applies one event to the newest rows, notes what to patch, and returns what to read again. */
  #apply(message: ServerMessage, batches: Set<string>, jobs: Map<string, JobPatch>): Refresh[] {
    const now = this.#now();
    switch (message.event) {
      case 'processing:started':
        this.batches.reopen(message.data.batchId);
        return refreshesOf(message, { moved: true });
      case 'processing:progress':
      case 'done': {
        const { data } = message;
        const before = this.batches.get(data.batchId);
        const verdict =
          message.event === 'done' ? this.batches.finish(message.data, now) : this.batches.apply(message.data, now);
        if (verdict === 'newer') batches.add(data.batchId);
        // An older event may belong to a run that was not announced.
        return refreshesOf(message, { moved: verdict !== 'newer' || before?.status !== data.status });
      }
      case 'job:progress': {
        const { jobId, progress } = message.data;
        if (!this.jobs.progress(jobId, progress, now)) return [];
        jobs.set(jobId, { ...jobs.get(jobId), status: 'active', progress });
        return refreshesOf(message, { moved: this.#hasMoved({ id: jobId, status: 'active' }) });
      }
      case 'job-created':
      case 'job-update':
      case 'job-completed':
      case 'job-failed':
        this.jobs.apply(message.data.job, now);
        jobs.set(message.data.job.id, message.data.job);
        return refreshesOf(message, { moved: this.#hasMoved(message.data.job) });
      case 'flow:progress': {
        const { moved, nodes } = writeFlowProgress(this.#client, message.data);
        return refreshesOf(message, { moved, flowNodes: nodes });
      }
      case 'capacity':
        this.#writeCapacity(message.data);
        return [];
      default:
        return [];
    }
  }

  /** Own job types come and go with the workers that have them. */
  #writeCapacity(capacity: ServerEvents['capacity']): void {
    const before = this.#client.getQueryData<ServerEvents['capacity']>(keys.capacity);
    this.#client.setQueryData(keys.capacity, capacity);
    if (before && before.jobTypesChangedAt !== capacity.jobTypesChangedAt) {
      void this.#client.invalidateQueries({ queryKey: keys.jobTypes });
    }
  }

  #writeSnapshot(snapshot: ServerEvents['snapshot']): void {
    const now = this.#now();
    const ids = new Set(snapshot.batches.map((batch) => this.batches.merge(batch, now, now).id));
    const jobs = new Map<string, JobPatch>();
    for (const job of snapshot.jobs ?? []) {
      this.jobs.apply(job, now);
      jobs.set(job.id, job);
    }
    if (snapshot.capacity) this.#writeCapacity(snapshot.capacity);
    this.#patchBatches(ids);
    this.#patchJobs(jobs);
    this.refreshAll();
  }

  /**
   * Reads everything on screen again and marks the rest as stale: changes may have been missed. The first time that is
   * done a little later: the page has just been read, and needs the connections for itself.
   */
  refreshAll(): void {
    if (this.#wasRefreshed) this.#refreshAll();
    else setTimeout(() => this.#refreshAll(), FIRST_REFRESH_MS);
    this.#wasRefreshed = true;
  }

  #refreshAll(): void {
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
      // The result, or the whole error, comes with the answer: until then the job is shown as it was.
      if (!hasEnded(held, change))
        this.#client.setQueryData<JobDetailDto>(keys.jobs.detail(id), { ...held, ...factsOf(change) });
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
  }

  /** Whether an event moves a job that a screen shows whole to another state or attempt. */
  #hasMoved({ id, status, attemptsMade }: Pick<JobSummaryDto, 'id' | 'status'> & JobPatch): boolean {
    const held = this.#client.getQueryData<JobDetailDto>(keys.jobs.detail(id));
    if (!held) return false;
    return status !== held.status || (attemptsMade !== undefined && attemptsMade !== held.attemptsMade);
  }

  #refresh({ name, intervalMs, keys: queryKeys }: Refresh): void {
    const read = (): void => {
      for (const queryKey of queryKeys) void this.#client.invalidateQueries({ queryKey });
    };
    if (intervalMs === 0) {
      read();
      return;
    }
    let throttle = this.#refreshes.get(name);
    if (!throttle) {
      throttle = new Throttle(intervalMs, read, { onIdle: () => this.#refreshes.delete(name) });
      this.#refreshes.set(name, throttle);
    }
    throttle.schedule(read);
  }
}

const hasEnded = (held: JobDetailDto, { status }: JobPatch): boolean =>
  status !== undefined && isTerminal(status) && status !== held.status;

const mergeKeyOf = <Name extends ServerEventName>({ event, data }: MessageOf<Name>): string | undefined =>
  EVENT_RULES[event].mergeKey?.(data);

function refreshesOf<Name extends ServerEventName>(
  { event, data }: MessageOf<Name>,
  { moved, flowNodes = 0 }: { moved: boolean; flowNodes?: number },
): Refresh[] {
  const rule = EVENT_RULES[event];
  return [...(rule.always?.(data, flowNodes) ?? []), ...((moved && rule.moved?.(data)) || [])];
}

/** The first word of the keys of the queries that the stream keeps current. */
const LIVE: ReadonlySet<unknown> = new Set(['batches', 'jobs', 'flows']);

const FIRST_REFRESH_MS = 2_500;

/** A list with more pages is not read again as a whole: it reads the pages on screen itself. */
const LONG = 6;

const isLong = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages) && data.pages.length > LONG;

/** The fields of an event that may be written into a single job: events carry the others shortened. */
function factsOf(change: JobPatch): Partial<JobDetailDto> {
  const { dataPreview, resultPreview, metadata, metadataPreview, description, error, warnings, ...facts } = change;
  return facts;
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
