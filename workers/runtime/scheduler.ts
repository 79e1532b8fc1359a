import { logger } from '@/lib/config/logger';
import { fireDue } from '@/lib/domain/schedule/firing/fire-due';
import { launchFirings } from '@/lib/domain/schedule/firing/launch-firing';
import { settleFirings } from '@/lib/domain/schedule/firing/settle-firings';

/** A timer may fire a little before the database's clock gets there. */
const MARGIN_MS = 5;

/**
 * Fires schedules when they are due. The supervisor's heartbeat reads when that is, so that no statement of its own runs
 * while nothing is due. Any number of supervisors may do so at once: the rows decide.
 */
export class Scheduler {
  private timer: NodeJS.Timeout | undefined;
  private deciding: Promise<void> | undefined;
  private launching: Promise<void> | undefined;
  private stopped = false;

  /**
   * @param inMs until schedules need something, as the last heartbeat read it; null if none fires
   * @param heartbeatMs until the next heartbeat: what is due later, that one reports
   */
  expect(inMs: number | null, heartbeatMs: number): void {
    if (this.stopped || inMs === null || inMs > heartbeatMs) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), Math.max(0, inMs) + MARGIN_MS);
  }

  /** Resolves when nothing runs any more. A launch that is not finished is finished by another supervisor. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.all([this.deciding, this.launching]);
  }

  /** Decisions do not wait for launches, which may read a long file. */
  private async run(): Promise<void> {
    this.deciding ??= this.attempt(async () => {
      await settleFirings();
      await fireDue();
    }).finally(() => {
      this.deciding = undefined;
    });
    await this.deciding;
    if (this.stopped) return;
    this.launching ??= this.attempt(() => launchFirings()).finally(() => {
      this.launching = undefined;
    });
    await this.launching;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, 'Schedules could not be fired. The next heartbeat tries again.');
    }
  }
}
