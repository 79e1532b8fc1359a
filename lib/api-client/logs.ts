import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchLogLine, BatchLogs, JobLogLine, JobLogs } from '@/lib/contracts/job';
import { ApiError, type Init, inTime, isOutage, pauseAfter } from './send';

/** A line of a log; only those of a batch say of which item they are. */
export type LogLine = JobLogLine & Partial<Pick<BatchLogLine, 'id' | 'jobId' | 'index'>>;

type Read = <T>(path: string, init?: Init) => Promise<T>;
type Page = Omit<JobLogs, 'lines'> & { lines: LogLine[] };

const EVERY_MS = 1000;
/** Until a page is there, where an outage is waited for. */
const ANSWER_MS = 30_000;
const MOST_PAUSE_MS = 5000;
/** The server may repeat lines that were written at about the same time. */
const REMEMBERED = 100_000;

/**
 * Yields the log lines of a job or a batch.
 * @param follow to its end; outages are waited for @throws ApiError
 */
export async function* readLogs(
  read: Read,
  id: string,
  follow: boolean,
  signal?: AbortSignal,
): AsyncGenerator<LogLine, void> {
  const init = signal ? { signal } : {};
  const path = await pathOf(read, id, init);
  const seen = new Set<string>();
  let cursor: string | undefined;
  // An item may write after its page was read: only a pass that began after the end has everything.
  let settled = true;
  for (let pause = EVERY_MS; ; ) {
    let page: Page;
    try {
      const next = cursor === undefined ? path : `${path}?cursor=${encodeURIComponent(cursor)}`;
      page = await (follow
        ? inTime(ANSWER_MS, signal, (within) => read<Page>(next, { signal: within }))
        : read<Page>(next, init));
    } catch (error) {
      signal?.throwIfAborted();
      if (!follow || !isOutage(error)) throw error;
      await sleep(pauseAfter(error, pause), undefined, init);
      pause = Math.min(2 * pause, MOST_PAUSE_MS);
      continue;
    }
    pause = EVERY_MS;
    for (const line of page.lines) if (isNew(line, seen)) yield line;
    cursor = page.nextCursor ?? page.tail;
    settled &&= page.ended;
    if (page.nextCursor !== null) continue;
    if (!follow || settled) return;
    settled = true;
    if (!page.ended) await sleep(EVERY_MS, undefined, init);
  }
}

/** Ids of jobs and of batches look alike. */
async function pathOf(read: Read, id: string, init: Init): Promise<string> {
  const job = `/api/jobs/${encodeURIComponent(id)}/logs`;
  const batch = `/api/batches/${encodeURIComponent(id)}/logs`;
  try {
    await read<JobLogs>(`${job}?limit=1`, init);
    return job;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
  try {
    await read<BatchLogs>(`${batch}?limit=1`, init);
    return batch;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    throw new ApiError(404, error.code, `There is no job and no batch ${id} here.`);
  }
}

function isNew({ id }: LogLine, seen: Set<string>): boolean {
  if (id === undefined) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  if (seen.size > REMEMBERED) seen.delete(seen.values().next().value ?? '');
  return true;
}
