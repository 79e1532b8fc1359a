import { logger } from '@/lib/config/logger';
import type { ServerEvents } from '@/lib/contracts/events';
import { type Held, heldAs, listHolding } from '@/lib/domain/auth/list-holding';
import { getBatches } from '@/lib/domain/batch/get-batch';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { getFlows } from '@/lib/domain/flow/get-flow';
import { lookForQueue } from '@/lib/domain/health/readiness';
import type { ChangesMessage } from '@/lib/events/messages';
import { onEventsRecovered, subscribe } from '@/lib/events/relay';
import { Budget } from './budget';
import { Cadence } from './cadence';
import { Dirty } from './dirty';
import { filterKey } from './filter';
import { tellJobs } from './jobs';
import { Owners } from './owners';
import { SharedReads } from './shared-reads';
import { readSnapshot, unfinishedBatches } from './snapshot';
import type { Viewer } from './viewer';

/** A little over a quarter of a second: at most four messages a second for a batch. */
const BATCH_PAUSE_MS = 260;
const JOB_PAUSE_MS = 100;
const CAPACITY_PAUSE_MS = 1_000;
/** how long a lost hint can delay what a screen shows */
const POLL_MS = 2_000;
/** how long after its key or session a stream may go on, but for the question itself */
const RECHECK_MS = 2_000;
/** snapshots that are read at once: each asks several questions, and others need the database too */
const SNAPSHOTS_AT_ONCE = 2;
/**
 * A heartbeat follows each poll that could read the rows: screens doubt what they show after five seconds without one.
 * While nothing can be read, one of these only keeps the streams of programs open.
 */
const KEEP_OPEN_MS = 12_000;

/**
 * All open streams of a web process. Hints say what changed; the rows are read once for all who watch, and each
 * viewer is told what differs from what it knows. So a lost or repeated hint never makes a screen wrong.
 */
export class Hub {
  readonly viewers = new Set<Viewer>();
  readonly owners = new Owners();
  /** jobs told to streams that don't name them: all of a small batch, a sample while a large one runs fast */
  readonly sampling = new Budget(500, 40);
  readonly #snapshots = new SharedReads<ServerEvents['snapshot']>(SNAPSHOTS_AT_ONCE);
  readonly #dirty = new Dirty();
  readonly #batches = new Cadence(BATCH_PAUSE_MS, () => this.#guard('batches', () => this.#tellBatches()));
  readonly #flows = new Cadence(BATCH_PAUSE_MS, () => this.#guard('flows', () => this.#tellFlows()));
  readonly #jobs = new Cadence(JOB_PAUSE_MS, () => this.#guard('jobs', () => tellJobs(this, this.#dirty.takeJobs())));
  readonly #capacity = new Cadence(CAPACITY_PAUSE_MS, () => this.#guard('capacity', () => this.#tellCapacity()));
  #listening: Promise<unknown> | undefined;
  #timers: NodeJS.Timeout[] = [];
  #beatAt = 0;

  /** Adds a stream and sends its snapshot. @throws when the rows can't be read */
  async join(viewer: Viewer): Promise<void> {
    this.viewers.add(viewer);
    this.#wake();
    try {
      await this.refresh(viewer);
    } catch (error) {
      this.leave(viewer);
      throw error;
    }
  }

  /** Sends a snapshot: the first, or a fresh one to a client that fell behind. */
  async refresh(viewer: Viewer): Promise<void> {
    viewer.missed.clear();
    const { context, filter } = viewer;
    const key = `${context.organizationId}\n${filterKey(filter)}`;
    const snapshot = await this.#snapshots.read(key, () => readSnapshot(context, filter));
    // It may have gone while it waited.
    if (viewer.closed) return;
    for (const { id } of [...snapshot.batches, ...(snapshot.jobs ?? [])])
      this.owners.set(id, viewer.context.organizationId);
    viewer.snapshot(snapshot);
    // What others were told of meanwhile is read again, for this one too.
    this.touch([...viewer.missed, ...snapshot.batches.filter((b) => !b.finishedAt).map((b) => b.id)]);
    viewer.missed.clear();
  }

  /** Ends a stream; without any, nothing is read. */
  leave(viewer: Viewer): void {
    this.viewers.delete(viewer);
    viewer.close();
    if (this.viewers.size === 0) this.#sleep();
  }

  /** Ends every stream, so that the process can stop; clients come back by themselves. */
  close(): void {
    for (const viewer of [...this.viewers]) this.leave(viewer);
  }

  /** Hears what changed; it is read soon, if anybody watches. */
  hint(message: ChangesMessage): void {
    if (this.viewers.size === 0) return;
    this.#dirty.add(message);
    this.#batches.ask();
    this.#flows.ask();
    this.#jobs.ask();
    if (message.capacity) this.#capacity.ask();
  }

  /** Reads these batches again soon, and the watched jobs of theirs. */
  touch(batchIds: string[]): void {
    for (const id of batchIds) {
      this.#dirty.batches.add(id);
      this.#dirty.touched.add(id);
    }
    this.#batches.ask();
    this.#jobs.ask();
  }

  /** Those who may be told of what is read from now on; the others get it with their snapshot. */
  audience(): Map<string, { context: Context; viewers: Viewer[] }> {
    const byOrganization = new Map<string, { context: Context; viewers: Viewer[] }>();
    for (const viewer of this.viewers) {
      if (!viewer.ready) continue;
      const { organizationId } = viewer.context;
      const group = byOrganization.get(organizationId) ?? { context: viewer.context, viewers: [] };
      group.viewers.push(viewer);
      byOrganization.set(organizationId, group);
    }
    return byOrganization;
  }

  async #tellBatches(): Promise<void> {
    const ids = this.#dirty.takeBatches();
    if (ids.length === 0) return;
    for (const viewer of this.viewers) if (!viewer.ready) for (const id of ids) viewer.missed.add(id);
    for (const { context, viewers } of this.audience().values()) {
      const wanted = ids.filter((id) => viewers.some((v) => v.wantsBatch(id)));
      for (const batch of await getBatches(context, wanted)) {
        this.owners.set(batch.id, context.organizationId);
        for (const viewer of viewers) if (viewer.wantsBatch(batch.id)) viewer.batch(batch);
      }
    }
  }

  async #tellFlows(): Promise<void> {
    const ids = this.#dirty.takeFlows();
    if (ids.length === 0) return;
    for (const { context, viewers } of this.audience().values()) {
      const wanted = ids.filter((id) => viewers.some((v) => v.wantsFlow(id)));
      for (const flow of await getFlows(context, wanted)) {
        this.owners.set(flow.id, context.organizationId);
        for (const viewer of viewers) if (viewer.wantsFlow(flow.id)) viewer.flow(flow);
      }
    }
  }

  async #tellCapacity(): Promise<void> {
    const viewers = [...this.viewers].filter((v) => v.ready);
    const capacity = await getCapacity();
    for (const viewer of viewers) viewer.capacity(capacity);
    this.#beat();
  }

  /** What hints should have said, read from the rows. */
  async #poll(): Promise<void> {
    this.#listen();
    const ids = new Set<string>();
    for (const { context, viewers } of this.audience().values()) {
      if (viewers.some((v) => v.unfiltered)) for (const { id } of await unfinishedBatches(context)) ids.add(id);
      for (const viewer of viewers) {
        for (const [id, seen] of viewer.batches) if (!seen.finished) ids.add(id);
        for (const [id, seen] of viewer.flows) if (seen.open) this.#dirty.flows.add(id);
        for (const id of viewer.filter.flowIds) this.#dirty.flows.add(id);
        for (const id of viewer.filter.jobIds) this.#dirty.jobs.set(id, viewer.jobs.get(id)?.batchId ?? null);
      }
    }
    this.touch([...ids]);
    this.#flows.ask();
    this.#capacity.ask();
    await lookForQueue();
  }

  /** Ends the streams whose key was revoked or whose session ended: one question for all of them. */
  async #recheck(): Promise<void> {
    const held = [...this.viewers].flatMap((viewer) => {
      const { credential, organizationId } = viewer.context;
      return credential ? [{ viewer, held: { credential, organizationId } satisfies Held }] : [];
    });
    if (held.length === 0) return;
    const holding = await listHolding(held.map((h) => h.held));
    for (const h of held) if (!holding.has(heldAs(h.held))) this.leave(h.viewer);
  }

  #listen(): void {
    this.#listening ??= subscribe('changes', (message) => this.hint(message))
      .then(() => onEventsRecovered(() => void this.#guard('recovery', () => this.#poll())))
      .catch((error: unknown) => {
        this.#listening = undefined;
        logger.warn({ err: error }, 'event hints are out of reach; streams poll until they are back');
      });
  }

  #wake(): void {
    this.#listen();
    if (this.#timers.length > 0) return;
    this.#timers = [
      setInterval(() => void this.#guard('poll', () => this.#poll()), POLL_MS),
      setInterval(() => Date.now() - this.#beatAt > KEEP_OPEN_MS && this.#beat(), KEEP_OPEN_MS / 12),
      setInterval(() => void this.#guard('recheck', () => this.#recheck()), RECHECK_MS),
    ];
  }

  #sleep(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    for (const cadence of [this.#batches, this.#flows, this.#jobs, this.#capacity]) cadence.stop();
  }

  #beat(): void {
    this.#beatAt = Date.now();
    for (const viewer of this.viewers) viewer.heartbeat();
  }

  async #guard(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error, what }, 'streams could not be served; the next round does it');
    }
  }
}

const held = globalThis as unknown as { batchyardHub?: Hub };

/** The hub of this process, kept over hot reloads. */
export function hub(): Hub {
  if (!held.batchyardHub) {
    const created = new Hub();
    held.batchyardHub = created;
    // Open streams would keep a stopping server waiting.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => created.close());
  }
  return held.batchyardHub;
}
