import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import type { Changes, ServerEvents } from '@/lib/contracts/events';
import { Throttle } from '@/lib/contracts/throttle';
import { type CredentialUse, credentialKey, listValidCredentials } from '@/lib/domain/auth/list-valid-credentials';
import { getBatches } from '@/lib/domain/batch/get-batch';
import { capacityFor, readLoad } from '@/lib/domain/capacity/get-capacity';
import { may } from '@/lib/domain/context';
import { getFlows } from '@/lib/domain/flow/get-flow';
import { lookForQueue } from '@/lib/domain/health/readiness';
import { confirmStreams } from '@/lib/domain/organization/limits/stream-limit';
import { audienceOf } from '@/lib/domain/redaction/door';

import { onEventsRecovered, subscribe } from '@/lib/events/relay';
import { DirtyRows } from './dirty-rows';
import { type Audience, JobBroadcast, OrganizationCache } from './job-broadcast';
import { readSnapshot, SharedReads, unfinishedBatches } from './snapshot';
import type { Viewer } from './viewer';
import { filterKey } from './viewer';

/** A little over a quarter of a second: at most four messages a second for a batch. */
const BATCH_INTERVAL_MS = 260;
const JOB_INTERVAL_MS = 100;
const CAPACITY_INTERVAL_MS = 1_000;
/** maximum delay of a screen after a lost message */
const POLL_MS = 2_000;
/** how often the keys and sessions of open streams are checked */
const RECHECK_MS = 2_000;
/** maximum concurrent snapshots, because each costs several queries and other requests need the database too */
const SNAPSHOTS_AT_ONCE = 2;
/**
 * A heartbeat follows each successful poll: screens mark their data as stale after five seconds without one. While the
 * rows cannot be read, heartbeats at this interval only keep connections open.
 */
const KEEP_OPEN_MS = 12_000;

/**
 * Manages all open event streams of a web process. Messages from other processes list the changed rows. The hub reads
 * each row once for all viewers, and sends each viewer only the difference to the state of its client. Lost or repeated
 * messages therefore do not cause a wrong screen.
 */
export class Hub {
  readonly viewers = new Set<Viewer>();
  readonly #organizations = new OrganizationCache();
  readonly #jobBroadcast = new JobBroadcast(this.#organizations);
  readonly #snapshots = new SharedReads<ServerEvents['snapshot']>(SNAPSHOTS_AT_ONCE);
  readonly #dirty = new DirtyRows();
  readonly #batches = this.#throttle('batches', BATCH_INTERVAL_MS, () => this.#broadcastBatches());
  readonly #flows = this.#throttle('flows', BATCH_INTERVAL_MS, () => this.#broadcastFlows());
  readonly #jobs = this.#throttle('jobs', JOB_INTERVAL_MS, () =>
    this.#jobBroadcast.send(this.readyViewers(), this.#dirty.takeJobs()),
  );
  readonly #capacity = this.#throttle('capacity', CAPACITY_INTERVAL_MS, () => this.#broadcastCapacity());
  /** organizations with ended streams, whose places are free for other web processes too */
  readonly #freed = new Set<string>();
  readonly #places = this.#throttle('limit', JOB_INTERVAL_MS, () => this.#confirm(this.#takeFreed()));
  #listening: Promise<unknown> | undefined;
  #timers: NodeJS.Timeout[] = [];
  #heartbeatAt = 0;

  /** Adds a stream, which receives nothing before its snapshot. */
  add(viewer: Viewer): void {
    this.viewers.add(viewer);
    this.#wake();
  }

  /** Sends a snapshot: the first one, or a new one to a client that fell behind. @throws when the rows can't be read */
  async refresh(viewer: Viewer): Promise<void> {
    viewer.missed.clear();
    const { context, filter } = viewer;
    const key = `${audienceOf(context)}\n${may(context, 'organization.see-all')}\n${filterKey(filter)}`;
    const snapshot = await this.#snapshots.read(key, () => readSnapshot(context, filter));
    // The client may have disconnected during the read.
    if (viewer.closed) return;
    for (const { id } of [...snapshot.batches, ...(snapshot.jobs ?? [])])
      this.#organizations.set(id, viewer.context.organizationId);
    viewer.snapshot(snapshot);
    // Rows that changed during the read are read again, also for this viewer.
    this.markDirty([...viewer.missed, ...snapshot.batches.filter((b) => !b.finishedAt).map((b) => b.id)]);
    viewer.missed.clear();
  }

  /** Ends a stream. Without open streams, the hub reads nothing. */
  leave(viewer: Viewer): void {
    const wasOpen = this.viewers.delete(viewer);
    viewer.close();
    if (wasOpen) {
      this.#freed.add(viewer.context.organizationId);
      this.#places.schedule();
    }
    if (this.viewers.size === 0) this.#sleep();
  }

  /** Returns how many streams of an organization are open here. */
  countOf(organizationId: string): number {
    return [...this.viewers].filter((viewer) => viewer.context.organizationId === organizationId).length;
  }

  /** Ends every stream, so that the process can stop. Clients reconnect automatically. */
  close(): void {
    for (const viewer of [...this.viewers]) this.leave(viewer);
    this.#places.stop();
  }

  /** Handles a message with changed rows. If there are viewers, the rows are read soon. */
  onChanges(message: Changes): void {
    if (this.viewers.size === 0) return;
    this.#dirty.add(message);
    this.#batches.schedule();
    this.#flows.schedule();
    this.#jobs.schedule();
    if (message.capacity) this.#capacity.schedule();
  }

  /** Reads these batches and their watched jobs again soon. */
  markDirty(batchIds: string[]): void {
    for (const id of batchIds) {
      this.#dirty.batches.add(id);
      this.#dirty.touched.add(id);
    }
    this.#batches.schedule();
    this.#jobs.schedule();
  }

  /** Returns the viewers who see the same, that receive the next reads. The others wait for their snapshot. */
  readyViewers(): Iterable<Audience> {
    const audiences = new Map<string, Audience>();
    for (const viewer of this.viewers) {
      if (!viewer.ready) continue;
      const key = audienceOf(viewer.context);
      const audience = audiences.get(key) ?? { context: viewer.context, viewers: [] };
      audience.viewers.push(viewer);
      audiences.set(key, audience);
    }
    return audiences.values();
  }

  async #broadcastBatches(): Promise<void> {
    const ids = this.#dirty.takeBatches();
    if (ids.length === 0) return;
    for (const viewer of this.viewers) if (!viewer.ready) for (const id of ids) viewer.missed.add(id);
    for (const { context, viewers } of this.readyViewers()) {
      const wanted = ids.filter((id) => viewers.some((v) => v.wantsBatch(id)));
      for (const batch of await getBatches(context, wanted)) {
        this.#organizations.set(batch.id, context.organizationId);
        for (const viewer of viewers) if (viewer.wantsBatch(batch.id)) viewer.batch(batch);
      }
    }
  }

  async #broadcastFlows(): Promise<void> {
    const ids = this.#dirty.takeFlows();
    if (ids.length === 0) return;
    for (const { context, viewers } of this.readyViewers()) {
      const wanted = ids.filter((id) => viewers.some((v) => v.wantsFlow(id)));
      for (const flow of await getFlows(context, wanted)) {
        this.#organizations.set(flow.id, context.organizationId);
        for (const viewer of viewers) if (viewer.wantsFlow(flow.id)) viewer.flow(flow);
      }
    }
  }

  async #broadcastCapacity(): Promise<void> {
    const viewers = [...this.viewers].filter((v) => v.ready);
    const load = await readLoad();
    for (const viewer of viewers) viewer.capacity(capacityFor(load, viewer.context));
    this.#heartbeat();
  }

  /** Reads rows that may have changed, because messages can be lost. */
  async #poll(): Promise<void> {
    this.#listen();
    const ids = new Set<string>();
    for (const { context, viewers } of this.readyViewers()) {
      if (viewers.some((v) => v.unfiltered)) for (const { id } of await unfinishedBatches(context)) ids.add(id);
      for (const viewer of viewers) {
        for (const [id, known] of viewer.batches) if (!known.finished) ids.add(id);
        for (const [id, known] of viewer.flows) if (known.open) this.#dirty.flows.add(id);
        for (const id of viewer.filter.flowIds) this.#dirty.flows.add(id);
        for (const id of viewer.filter.jobIds) this.#dirty.jobs.set(id, viewer.jobs.get(id)?.batchId ?? null);
      }
    }
    this.markDirty([...ids]);
    this.#flows.schedule();
    this.#capacity.schedule();
    await lookForQueue();
  }

  /**
   * Ends streams whose key was revoked, session ended, or rights changed, with one query for all streams. Confirms the
   * open streams of organizations that have a limit of them.
   */
  async #recheck(): Promise<void> {
    await this.#confirm(new Set([...this.viewers].map(({ context }) => context.organizationId)));
    const held = [...this.viewers].flatMap((viewer) => {
      const { actor, credential, organizationId } = viewer.context;
      if (!credential || !('role' in actor)) return [];
      const { role, seesPayloads } = actor;
      return [{ viewer, held: { credential, organizationId, role, seesPayloads } satisfies CredentialUse }];
    });
    if (held.length === 0) return;
    const valid = await listValidCredentials(held.map((h) => h.held));
    for (const h of held) if (!valid.has(credentialKey(h.held))) this.leave(h.viewer);
  }

  #confirm(organizationIds: Set<string>): Promise<void> {
    return confirmStreams(organizationIds, (id) => this.countOf(id));
  }

  #takeFreed(): Set<string> {
    const freed = new Set(this.#freed);
    this.#freed.clear();
    return freed;
  }

  #listen(): void {
    this.#listening ??= subscribe('changes', (message) => this.onChanges(message))
      .then(() => onEventsRecovered(() => void this.#guard('recovery', () => this.#poll())))
      .catch((error: unknown) => {
        this.#listening = undefined;
        logger.warn(
          { err: error },
          'Messages between processes are not available. Event streams poll the database until they are.',
        );
      });
  }

  #wake(): void {
    this.#listen();
    if (this.#timers.length > 0) return;
    this.#timers = [
      setInterval(() => void this.#guard('poll', () => this.#poll()), POLL_MS),
      setInterval(() => Date.now() - this.#heartbeatAt > KEEP_OPEN_MS && this.#heartbeat(), KEEP_OPEN_MS / 12),
      setInterval(() => void this.#guard('recheck', () => this.#recheck()), RECHECK_MS),
    ];
  }

  #sleep(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    for (const throttle of [this.#batches, this.#flows, this.#jobs, this.#capacity]) throttle.stop();
  }

  #heartbeat(): void {
    this.#heartbeatAt = Date.now();
    for (const viewer of this.viewers) viewer.heartbeat();
  }

  #throttle(what: string, intervalMs: number, work: () => Promise<void>): Throttle {
    return new Throttle(intervalMs, () => this.#guard(what, work), { leadMs: 0 });
  }

  async #guard(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error, what }, 'Event streams could not be updated. The next poll repeats it.');
    }
  }
}

const opened = perProcess('hub', openHub);

/** Returns the hub of this process. Hot reloads keep it. */
export function hub(): Hub {
  return opened.get();
}

function openHub(): Hub {
  const created = new Hub();
  // Open streams would delay the shutdown of the server.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => created.close());
  return created;
}
