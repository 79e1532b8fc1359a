import { logger } from '@/lib/config/logger';
import { retryForever } from '@/lib/db/retry-forever';
import { PREFETCH_MS, returnPrefetched } from '@/lib/domain/batch/prefetched';
import type { TakenRow } from '@/lib/domain/job/record-outcomes';
import type { JobType } from '@/lib/job-types/catalogue';

/** Rows that run longer spend little of their time waiting for the statement between them. */
const LONGEST_RUN_MS = 50;
/** Beyond this rate the processor limits a batch, and not the wait between its rows. */
const MOST_ROWS_PER_MS = 5;
/** The share of a new measurement in the average. */
const WEIGHT = 0.2;
const CHECK_EVERY_MS = 25;

/** The rows of one batch and type that this process prefetched, and its slots that run such rows. */
export class PrefetchedRows {
  /** oldest first */
  private rows: { row: TakenRow; until: number }[] = [];
  private slots = 0;
  private asked = 0;
  private averageMs: number | undefined;

  /** @param giveBack returns these jobs: they did not start */
  constructor(private readonly giveBack: (jobIds: string[]) => void) {}

  get isUnused(): boolean {
    return this.slots === 0 && this.asked === 0;
  }

  get jobIds(): string[] {
    return this.rows.map(({ row }) => row.id);
  }

  /** A slot begins to run rows of the batch, one after the other. */
  enter(): void {
    this.slots += 1;
  }

  /** The slot runs no more of them. */
  leave(): void {
    this.slots -= 1;
    if (this.slots === 0) this.giveBackAll();
  }

  /** Adds how long a row ran. */
  measured(ms: number): void {
    this.averageMs = this.averageMs === undefined ? ms : this.averageMs + (ms - this.averageMs) * WEIGHT;
  }

  /** Returns a row that may start in place of one that has just ended, if there is one. */
  take(): TakenRow | undefined {
    this.giveBackLate();
    return this.rows.shift()?.row;
  }

  /** Returns how many rows a statement should prefetch now. `received` must follow. */
  ask(): number {
    const { averageMs, slots } = this;
    if (averageMs === undefined || averageMs > LONGEST_RUN_MS || slots > averageMs * MOST_ROWS_PER_MS) return 0;
    const rows = Math.max(0, slots - this.rows.length - this.asked);
    this.asked += rows;
    return rows;
  }

  /**
   * Takes the rows that a statement prefetched.
   * @param asked what `ask` returned for it
   * @param sentAt when it was sent, by `performance.now()`
   */
  received(asked: number, rows: TakenRow[], sentAt: number): void {
    this.asked -= asked;
    for (const row of rows) this.rows.push({ row, until: sentAt + PREFETCH_MS });
    if (this.slots === 0) this.giveBackAll();
  }

  /** Returns what did not start in time. */
  giveBackLate(): void {
    const now = performance.now();
    const fresh = this.rows.findIndex(({ until }) => until > now);
    if (fresh !== 0) this.remove(fresh === -1 ? this.rows.length : fresh);
  }

  giveBackAll(): void {
    this.remove(this.rows.length);
  }

  private remove(count: number): void {
    if (count > 0) this.giveBack(this.rows.splice(0, count).map(({ row }) => row.id));
  }
}

/**
 * Keeps the slots of batches with short rows busy: their next rows are claimed while others run, and one starts as soon
 * as one of these ends. So no slot waits until an outcome is on disk. What does not start soon is returned.
 */
export class Prefetcher {
  private readonly batches = new Map<string, PrefetchedRows>();
  private readonly returning = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly consumerId: number) {}

  /** The jobs that are prefetched. */
  get jobIds(): string[] {
    return [...this.batches.values()].flatMap((batch) => batch.jobIds);
  }

  /** Begins a slot for rows of a batch and type. Its `leave` must follow. */
  enter(batchId: string, type: JobType): PrefetchedRows {
    const key = keyOf(batchId, type);
    let batch = this.batches.get(key);
    if (!batch) {
      batch = new PrefetchedRows((jobIds) => this.giveBack(batchId, jobIds));
      this.batches.set(key, batch);
      this.timer ??= setInterval(() => this.check(), CHECK_EVERY_MS);
    }
    batch.enter();
    return batch;
  }

  /** @see PrefetchedRows.ask */
  ask(batchId: string, type: JobType): number {
    return this.closed ? 0 : (this.batches.get(keyOf(batchId, type))?.ask() ?? 0);
  }

  /** @see PrefetchedRows.received */
  received(batchId: string, type: JobType, asked: number, rows: TakenRow[], sentAt: number): void {
    const batch = this.batches.get(keyOf(batchId, type));
    batch?.received(asked, rows, sentAt);
    if (this.closed) batch?.giveBackAll();
  }

  /** Prefetches no more. Resolves when everything that has not started was returned. */
  async close(): Promise<void> {
    this.closed = true;
    for (const batch of this.batches.values()) batch.giveBackAll();
    await Promise.all(this.returning);
  }

  private check(): void {
    for (const [key, batch] of this.batches) {
      batch.giveBackLate();
      if (batch.isUnused) this.batches.delete(key);
    }
    if (this.batches.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private giveBack(batchId: string, jobIds: string[]): void {
    const { consumerId } = this;
    const returned = retryForever('Returning prefetched rows', () => returnPrefetched(consumerId, batchId, jobIds))
      .then(() => undefined)
      .catch((error: unknown) =>
        logger.warn(
          { err: error, batchId, jobIds },
          'Prefetched rows could not be returned. They are requeued as rows whose claim was lost.',
        ),
      )
      .finally(() => this.returning.delete(returned));
    this.returning.add(returned);
  }
}

const keyOf = (batchId: string, type: JobType): string => `${batchId}|${type}`;
