import { returnPrefetched } from '@/lib/domain/batch/prefetched';
import type { TakenRow } from '@/lib/domain/job/record-outcomes';
import type { Held, Schedule } from './schedule';

/** A simulated consumer starts nothing that it prefetched longer ago. */
const FRESH_MS = 600;

/** A row that a simulated consumer prefetched. */
export interface Prefetched {
  schedule: Schedule;
  consumer: number;
  consumerId: number;
  claim: TakenRow;
  token: string;
  at: number;
}

/** What the simulated consumers prefetched and have not started. */
export class PrefetchedRows {
  private rows: Prefetched[] = [];

  constructor(private readonly now: () => number) {}

  add(row: Prefetched): void {
    this.rows.push(row);
  }

  /** Removes and returns a row that may start in place of one that has ended. */
  take({ schedule, consumerId }: Held): Prefetched | undefined {
    const fits = (row: Prefetched) =>
      row.schedule === schedule && row.consumerId === consumerId && this.now() - row.at <= FRESH_MS;
    const found = this.rows.find(fits);
    this.rows = this.rows.filter((row) => row !== found);
    return found;
  }

  /** Forgets what a process prefetched, because it died. */
  drop(consumer: number): void {
    this.rows = this.rows.filter((row) => row.consumer !== consumer);
  }

  idsOf(consumer: number): string[] {
    return this.rows.filter((row) => row.consumer === consumer).map((row) => row.claim.id);
  }

  /** Returns rows of processes that are awake, and forgets others that are too old to start. */
  async giveBack(isAwake: (consumer: number) => boolean, which: (row: Prefetched) => boolean): Promise<void> {
    const back = this.rows.filter((row) => isAwake(row.consumer) && which(row));
    this.rows = this.rows.filter((row) => !back.includes(row));
    for (const { claim, consumerId } of back) await returnPrefetched(consumerId, claim.batch_id, [claim.id]);
  }

  /** Nothing of the schedule starts any more: a pause or a cancel is about to be acknowledged. */
  expire(schedule: Schedule): void {
    for (const row of this.rows) if (row.schedule === schedule) row.at = Number.NEGATIVE_INFINITY;
  }

  readonly isLate = (row: Prefetched): boolean => this.now() - row.at > FRESH_MS;
}
