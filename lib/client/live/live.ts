import type { QueryClient } from '@tanstack/react-query';
import { apiPath, onUnreachable, organizationHeader, reportSwitch } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerMessage } from '@/lib/contracts/events';
import { CacheWriter } from './cache-writer';
import { EventStream, type LinkState } from './event-stream';
import type { LiveJob } from './newest-rows';
import { canShare, SharedStream } from './shared-stream';

export interface Connection {
  state: LinkState;
  /** when the state began */
  since: Date;
  /** up to when the data on screen is known to be current; null before the first data */
  dataFrom: Date | null;
}

export type EventListener = (message: ServerMessage) => void;

const LINGER_MS = 5_000;

/** The live data of a tab: one event stream for the organization, shared by all components, written into the caches. */
export class Live {
  readonly writer: CacheWriter;
  readonly #client: QueryClient;
  readonly #onSignedOut: () => void;
  readonly #listeners = new Set<EventListener>();
  readonly #watchers = new Set<() => void>();
  readonly #followed = new Map<string, { count: number; stream: EventStream; live: boolean }>();
  #stream: EventStream | SharedStream | null = null;
  #unwatch: (() => void) | null = null;
  #interest = 0;
  #connection: Connection = { state: 'connecting', since: new Date(), dataFrom: null };

  constructor(
    client: QueryClient,
    onSignedOut: () => void,
    private readonly organizationId: string,
  ) {
    this.#client = client;
    this.writer = new CacheWriter(client);
    this.#onSignedOut = onSignedOut;
  }

  /** Keeps the stream open until the returned function is called. */
  join = (): (() => void) => {
    this.#interest += 1;
    this.#stream ??= this.#openStream();
    // Not in the constructor, which the server calls too: what it made would stay there forever.
    this.#unwatch ??= onUnreachable(() => this.#stream?.suspect());
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#interest -= 1;
      // A page change leaves and joins within moments; that is no reason to reconnect.
      setTimeout(() => this.#closeIfUnused(), LINGER_MS);
    };
  };

  /** Follows one job with a stream of its own, which is never sampled, until the returned function is called. */
  follow(jobId: string): () => void {
    const held = this.#followed.get(jobId);
    if (held) held.count += 1;
    else this.#followed.set(jobId, this.#openFollow(jobId));
    let left = false;
    return () => {
      const entry = this.#followed.get(jobId);
      if (left || !entry) return;
      left = true;
      entry.count -= 1;
      if (entry.count > 0) return;
      entry.stream.close();
      this.#followed.delete(jobId);
    };
  }

  /** Calls back with every event of the stream. */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  getConnection = (): Connection => this.#connection;

  watchConnection = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** For query functions: merges a row of an answer and returns the row to show. @param askedAt when it was requested */
  mergeBatch = (batch: BatchDto, askedAt: number): BatchDto =>
    this.writer.batches.merge(batch, askedAt, performance.now());
  mergeJob = <J extends LiveJob>(job: J, askedAt: number): J => this.writer.jobs.merge(job, askedAt, performance.now());

  #openStream(): EventStream | SharedStream {
    const options = {
      url: apiPath('/events'),
      onMessage: (message: ServerMessage) => this.#receive(message),
      onState: (state: LinkState) => this.#setState(state),
      onSignedOut: this.#onSignedOut,
      onSwitched: reportSwitch,
      headers: organizationHeader(),
      organizationId: this.organizationId,
      onCatchUp: () => this.writer.refreshAll(),
    };
    const stream = canShare() ? new SharedStream(options) : new EventStream(options);
    stream.open();
    return stream;
  }

  #openFollow(jobId: string): { count: number; stream: EventStream; live: boolean } {
    const stream = new EventStream({
      url: apiPath('/events', { jobId }),
      onMessage: (message) => {
        if (jobOf(message) === jobId) this.writer.take(message);
        if (message.event === 'snapshot') void this.#client.invalidateQueries({ queryKey: keys.jobs.detail(jobId) });
      },
      onState: (state) => {
        entry.live = state === 'live';
      },
      onSignedOut: this.#onSignedOut,
      onSwitched: reportSwitch,
      headers: organizationHeader(),
    });
    const entry = { count: 1, stream, live: false };
    stream.open();
    return entry;
  }

  #receive(message: ServerMessage): void {
    // A followed job has a stream of its own. The same event of the shared stream could arrive out of order.
    const job = jobOf(message);
    if (!job || !this.#followed.get(job)?.live) this.writer.take(message);
    for (const listener of this.#listeners) listener(message);
  }

  #closeIfUnused(): void {
    if (this.#interest > 0 || !this.#stream) return;
    this.#stream.close();
    this.#stream = null;
    this.#unwatch?.();
    this.#unwatch = null;
    this.#setState('connecting');
  }

  #setState(state: LinkState): void {
    const wasLive = this.#connection.state === 'live';
    const lastByte = new Date(this.#stream?.lastHeardAt ?? Date.now());
    const dataFrom = wasLive || state === 'live' ? lastByte : this.#connection.dataFrom;
    this.#connection = { state, since: new Date(), dataFrom };
    for (const watcher of this.#watchers) watcher();
  }
}

function jobOf(message: ServerMessage): string | null {
  switch (message.event) {
    case 'job:progress':
      return message.data.jobId;
    case 'job-created':
    case 'job-update':
    case 'job-completed':
    case 'job-failed':
      return message.data.job.id;
    default:
      return null;
  }
}
