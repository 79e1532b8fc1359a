import { logger } from '@/lib/config/logger';
import { type ClaimedDelivery, claimDeliveries } from '@/lib/domain/notification/delivery/claim-deliveries';
import { deliver } from '@/lib/domain/notification/delivery/deliver';
import { expandEvents } from '@/lib/domain/notification/event/expand-events';
import type { Heartbeat } from '@/lib/domain/worker/nodes';

/** Messages that one process sends at the same time: most wait for a slow receiver. */
const AT_ONCE = 64;
/** Of those, to one receiver. */
const PER_LANE = 2;

/**
 * Sends messages. The supervisor's heartbeat reads whether there are any, so that no statement of its own runs while
 * nobody is told about anything. Any number of supervisors may do so at once: the rows decide.
 */
export class Notifier {
  private readonly sending = new Map<Promise<void>, string>();
  private readonly stopping = new AbortController();
  private round: Promise<void> | undefined;
  private wanted = false;

  /** Does what a heartbeat found: events in the outbox, or messages that are due. */
  expect({ hasEvents, hasMessages }: Pick<Heartbeat, 'hasEvents' | 'hasMessages'>): void {
    if (hasEvents || hasMessages) void this.run();
  }

  /** Ends the calls that run; their messages are due again at once, with the same ids. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('The supervisor stops.'));
    await Promise.all([this.round, ...this.sending.keys()]);
  }

  /** Rounds never overlap. What comes while one runs is found by the next, which follows at once. */
  private async run(): Promise<void> {
    this.wanted = true;
    this.round ??= this.runRounds().finally(() => {
      this.round = undefined;
    });
    await this.round;
  }

  private async runRounds(): Promise<void> {
    while (this.wanted && !this.stopping.signal.aborted) {
      this.wanted = false;
      try {
        await expandEvents();
        this.start(await claimDeliveries(Math.max(0, AT_ONCE - this.sending.size), this.busyLanes()));
      } catch (error) {
        logger.warn({ err: error }, 'Messages could not be read. The next heartbeat tries again.');
      }
    }
  }

  private start(claimed: ClaimedDelivery[]): void {
    for (const delivery of claimed) {
      const sending = deliver(delivery, this.stopping.signal)
        .catch((err: unknown) =>
          logger.warn({ err, deliveryId: delivery.id }, 'A message could not be recorded. It is tried again.'),
        )
        .finally(() => {
          this.sending.delete(sending);
          void this.run();
        });
      this.sending.set(sending, delivery.lane);
    }
  }

  private busyLanes(): string[] {
    const counts = new Map<string, number>();
    for (const lane of this.sending.values()) counts.set(lane, (counts.get(lane) ?? 0) + 1);
    return [...counts].flatMap(([lane, count]) => (count >= PER_LANE ? lane : []));
  }
}
