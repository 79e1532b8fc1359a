import { hostname } from 'node:os';
import { logger } from '@/lib/config/logger';
import type { ConsumerMessage } from '@/lib/contracts/ipc';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { heartbeatNode, nameConsumer, registerConsumer, registerNode, retireNode } from '@/lib/domain/worker/nodes';
import { releaseConsumer, releaseForgotten } from '@/lib/domain/worker/release-consumer';
import { hintControl, subscribe } from '@/lib/events/relay';
import { Changes } from '@/workers/runtime/changes';
import { createClaimer } from '@/workers/runtime/claimer';
import { Notes } from '@/workers/runtime/notes';
import { Outbox } from '@/workers/runtime/outbox';
import { createRecorder } from '@/workers/runtime/recorder';
import type { Runtime } from '@/workers/runtime/run-delivery';
import { Running } from '@/workers/runtime/running';

/** Well below the 20 s of silence after which a process counts as lost. It has no lock, so it is never lost earlier. */
const BEAT_MS = 5000;
const REFILL_MS = 100;

/**
 * A program of your own as the product knows it: what it claims is put back if it dies, cancels reach it, and what
 * it records is counted and shown. One for each process; `close` it at the end.
 */
export class Host {
  private readonly changes = new Changes();
  private readonly running = new Running();
  private readonly notes = new Notes();
  private readonly outbox = new Outbox((message) => this.heard(message));
  private readonly recorder = createRecorder(this.outbox);
  private readonly batches = new Set<string>();
  private refill: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;

  private constructor(
    private readonly nodeId: number,
    readonly consumerId: number,
  ) {}

  /** Makes this process known. */
  static async open(): Promise<Host> {
    const nodeId = await registerNode(hostname(), process.pid);
    const consumerId = await registerConsumer(nodeId);
    await nameConsumer(consumerId, process.pid);
    const host = new Host(nodeId, consumerId);
    host.unsubscribe = await subscribe('control', ({ abort }) => {
      if (abort) host.running.abort(abort);
    });
    host.timer = setInterval(() => void host.beat(), BEAT_MS);
    return host;
  }

  /** What runs one delivery with this work instead of the type's processor. */
  runtime(processor: (context: never) => Promise<unknown>): Runtime {
    const { recorder, notes, outbox, running } = this;
    return { claim: createClaimer(this.consumerId, false), recorder, notes, outbox, running, processor };
  }

  /** Writes what is gathered, gives back what still runs, and leaves. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
    await this.recorder.drain();
    await this.notes.flush();
    this.outbox.flush();
    clearTimeout(this.refill);
    await this.wake();
    await this.changes.flush();
    await flushMonitoring();
    await releaseConsumer(this.consumerId, 'stopped', 'left');
    await retireNode(this.nodeId);
  }

  private async beat(): Promise<void> {
    try {
      await heartbeatNode(this.nodeId, { processes: 0, jobsActive: this.running.size, stopping: false });
      // Rows that are ours by the book and that we know nothing of: the answer to their claim was lost.
      await releaseForgotten(this.consumerId, this.running.ids);
    } catch (error) {
      logger.warn({ err: error }, 'heartbeat');
    }
  }

  /** What a forked consumer tells its supervisor goes to the screens, and to the supervisors, which refill. */
  private heard(message: ConsumerMessage): void {
    this.changes.add(message);
    if (message.type !== 'progress') return;
    for (const id of Object.keys(message.batches)) this.batches.add(id);
    if (this.batches.size > 0) this.refill ??= setTimeout(() => void this.wake(), REFILL_MS);
  }

  private async wake(): Promise<void> {
    this.refill = undefined;
    const dispatch = [...this.batches];
    this.batches.clear();
    if (dispatch.length === 0) return;
    await hintControl({ dispatch, startQueued: true });
  }
}
