import { logger } from '@/lib/config/logger';
import { fireDue } from '@/lib/domain/schedule/firing/fire-due';
import { LAUNCHES_AT_ONCE, launchFirings } from '@/lib/domain/schedule/firing/launch-firing';
import { settleFirings } from '@/lib/domain/schedule/firing/settle-firings';
import type { Heartbeat } from '@/lib/domain/worker/nodes';

/** A timer may fire a little before the database's clock gets there. */
const MARGIN_MS = 5;

/**
 * Fires schedules when they are due. The supervisor's heartbeat reads when that is, so that no statement of its own runs
 * while nothing is due. Any number of supervisors may do so at once: the rows decide.
 */
export class Scheduler {
  private timer: NodeJS.Timeout | undefined;
  private deciding: Promise<void> | undefined;
  private readonly launching = new Set<Promise<void>>();
  private stopped = false;

  /**
   * Does what a heartbeat found, and what is due before the next one.
   * @param heartbeatMs until the next heartbeat
   */
  expect({ dueInMs, queued, running }: Pick<Heartbeat, 'dueInMs' | 'queued' | 'running'>, heartbeatMs: number): void {
    if (this.stopped) return;
    if (queued || running) void this.run({ queued });
    if (dueInMs === null || dueInMs > heartbeatMs) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run({ due: true, queued: true }), Math.max(0, dueInMs) + MARGIN_MS);
  }

  /** Resolves when nothing runs any more. A launch that is not finished is finished by another supervisor. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.all([this.deciding, ...this.launching]);
  }

  /** Neither decisions nor other launches wait for one that reads a long file. */
  private async run({ due = false, queued }: { due?: boolean; queued: boolean }): Promise<void> {
    await this.deciding;
    this.deciding ??= this.attempt(async () => {
      await settleFirings();
      if (due) await fireDue();
    }).finally(() => {
      this.deciding = undefined;
    });
    await this.deciding;
    if (!queued || this.stopped) return;
    if (this.launching.size >= LAUNCHES_AT_ONCE) return;
    const launch = this.attempt(() => launchFirings()).finally(() => this.launching.delete(launch));
    this.launching.add(launch);
    await launch;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, 'Schedules could not be fired. The next heartbeat tries again.');
    }
  }
}
