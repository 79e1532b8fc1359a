import type { BatchDto } from '@/lib/contracts/batch';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { frame } from './frame';
import { batchMessages, jobMessages, type Message, type SeenBatch, type SeenJob, seenBatch, seenJob } from './messages';

/**
 * What is new in a row that was read once for all who watch. Hundreds of viewers know the same of it, so what they are
 * told is written once. It must be told to all in one go: between its messages and others made later, ids grow.
 */
class News<Seen> {
  readonly #told = new Map<string, string[]>();

  constructor(
    /** what a viewer knows once it was told */
    readonly now: Seen,
    private readonly keyOf: (seen: Seen) => string,
    private readonly messages: (before: Seen | undefined) => Message[],
  ) {}

  /** The frames for a viewer that knew `before`. */
  since(before: Seen | undefined): string[] {
    const key = before === undefined ? '' : this.keyOf(before);
    let frames = this.#told.get(key);
    if (!frames) {
      frames = this.messages(before).map(({ event, data }) => frame(event, data));
      this.#told.set(key, frames);
    }
    return frames;
  }
}

const batches = new WeakMap<BatchDto, News<SeenBatch>>();
const jobs = new WeakMap<JobSummaryDto, News<SeenJob>>();

export function newsOfBatch(batch: BatchDto): News<SeenBatch> {
  return (
    batches.get(batch) ??
    keep(
      batches,
      batch,
      new News(
        seenBatch(batch),
        (seen) => seen.signature,
        (before) => batchMessages(before, batch),
      ),
    )
  );
}

/** @param created whether the job was just made; the same for all who are told */
export function newsOfJob(job: JobSummaryDto, created: boolean): News<SeenJob> {
  return (
    jobs.get(job) ??
    keep(
      jobs,
      job,
      new News(
        seenJob(job),
        (seen) => `${seen.state}${seen.progress}`,
        (before) => jobMessages(before, job, created),
      ),
    )
  );
}

function keep<Row extends object, N>(map: WeakMap<Row, N>, row: Row, news: N): N {
  map.set(row, news);
  return news;
}
