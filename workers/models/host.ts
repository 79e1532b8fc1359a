import { hostname } from 'node:os';
import { logger } from '@/lib/config/logger';
import type { ConsumerMessage } from '@/lib/contracts/ipc';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { heartbeatNode, registerConsumer, registerNode, retireNode, storePid } from '@/lib/domain/worker/nodes';
import { releaseConsumer, requeueLostClaims } from '@/lib/domain/worker/release-consumer';
import { hintControl, subscribe } from '@/lib/events/relay';
import type { Runtime } from '@/workers/runtime/attempt';
import { createClaimer, createRecorder, type Recorder } from '@/workers/runtime/claim-and-record';
import { ChangesBuffer, IpcBuffer } from '@/workers/runtime/ipc-buffer';
import { ReportBuffer } from '@/workers/runtime/report-buffer';
import { RunningAttempts } from '@/workers/runtime/running-attempts';

/** Well below the 20 s after which a silent process counts as lost. It holds no liveness lock, so it is never lost earlier. */
const HEARTBEAT_MS = 5000;
const REFILL_MS = 100;

/**
 * Registers a program of your own as a consumer: its rows are requeued if it dies, cancels reach it, and its outcomes
 * are counted and shown. One for each process; `close` it at the end.
 */
export class Host {
  private readonly changes = new ChangesBuffer();
  private readonly running = new RunningAttempts();
  private readonly reports = new ReportBuffer();
  private readonly ipc = new IpcBuffer((message) => this.onMessage(message));
  private readonly recorder: Recorder;
  private readonly batches = new Set<string>();
  private refill: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;

  private constructor(
    private readonly nodeId: number,
    readonly consumerId: number,
  ) {
    this.recorder = createRecorder(consumerId, this.ipc);
  }

  /** Registers this process. */
  static async open(): Promise<Host> {
    const nodeId = await registerNode(hostname(), process.pid);
    const consumerId = await registerConsumer(nodeId);
    await storePid(consumerId, process.pid);
    const host = new Host(nodeId, consumerId);
    host.unsubscribe = await subscribe('control', ({ abort }) => {
      if (abort) host.running.abort(abort);
    });
    host.timer = setInterval(() => void host.heartbeat(), HEARTBEAT_MS);
    return host;
  }

  /** What attempts need, with this work instead of the type's processor. */
  runtime(processor: (context: never) => Promise<unknown>): Runtime {
    const { recorder, reports, ipc, running } = this;
    const claim = createClaimer(this.consumerId, { quarantine: false });
    return { claim, recorder, reports, ipc, running, processor };
  }

  /** Writes what was collected, requeues what still runs, and unregisters this process. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
    await this.recorder.drain();
    await this.reports.flush();
    await this.ipc.flush();
    clearTimeout(this.refill);
    await this.wake();
    await this.changes.flush();
    await flushMonitoring();
    await releaseConsumer(this.consumerId, 'stopped', 'left');
    await retireNode(this.nodeId);
  }

  private async heartbeat(): Promise<void> {
    try {
      await heartbeatNode(this.nodeId, { processes: 0, jobsActive: this.running.size, stopping: false });
      // Rows that the database assigns to this process and that it does not run: the claim's response was lost.
      await requeueLostClaims(this.consumerId, this.running.jobIds);
    } catch (error) {
      logger.warn(
        { err: error, consumerId: this.consumerId },
        `The heartbeat failed. Trying again in ${HEARTBEAT_MS / 1000} s; after 20 s of silence the jobs are requeued.`,
      );
    }
  }

  /** What a forked consumer sends to its supervisor is published, and the supervisors refill the windows. */
  private onMessage(message: ConsumerMessage): void {
    if (message.type !== 'changes') return;
    this.changes.add(message.changes);
    for (const id of Object.keys(message.recorded)) this.batches.add(id);
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
