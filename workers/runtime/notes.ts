import { logger } from '@/lib/config/logger';
import type { JobLogLine, JobProgress } from '@/lib/contracts/job';
import { appendLogs, recordProgress } from '@/lib/domain/job/record-progress';

const FLUSH_MS = 400;
/** What one attempt may leave in the log of its job: lines, and characters in each. */
const MAX_LINES_PER_ATTEMPT = 2000;
const MAX_MESSAGE = 8000;

/** Writes progress and log lines of running jobs a few times a second, many at once. */
export class Notes {
  private lines: ({ jobId: string } & JobLogLine)[] = [];
  private progress = new Map<string, { id: string; attempt: number; progress: JobProgress }>();
  /** lines of each running attempt, by its job */
  private counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  /** Keeps one line; at the limit of an attempt one last line says so. */
  log(jobId: string, attempt: number, level: JobLogLine['level'], message: string): void {
    const count = (this.counts.get(jobId) ?? 0) + 1;
    this.counts.set(jobId, count);
    if (count > MAX_LINES_PER_ATTEMPT) return;
    const text =
      count === MAX_LINES_PER_ATTEMPT ? 'Further lines of this attempt are left out.' : message.slice(0, MAX_MESSAGE);
    this.lines.push({ jobId, attempt, at: new Date().toISOString(), level, message: text });
    this.later();
  }

  /** Keeps how far an attempt is; of several reports between two writes the last one. */
  setProgress(id: string, attempt: number, progress: JobProgress): void {
    this.progress.set(id, { id, attempt, progress });
    this.later();
  }

  /** Before an attempt is recorded: its lines are there when its end is seen. */
  async finish(jobId: string): Promise<void> {
    this.progress.delete(jobId);
    if (this.counts.delete(jobId)) await this.flush();
  }

  /** Writes at once what was gathered. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.lines;
    const progress = [...this.progress.values()];
    this.lines = [];
    this.progress.clear();
    this.writing = this.writing.then(() => write(lines, progress));
    return this.writing;
  }

  private later(): void {
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }
}

/** Notes are not the truth: if Postgres is away they are said in the log, and the work goes on. */
async function write(
  lines: ({ jobId: string } & JobLogLine)[],
  progress: { id: string; attempt: number; progress: JobProgress }[],
): Promise<void> {
  try {
    if (lines.length > 0) await appendLogs(lines);
    if (progress.length > 0) await recordProgress(progress);
  } catch (error) {
    logger.warn(
      { err: error, lines: lines.length, progress: progress.length },
      'notes of running jobs were not written',
    );
  }
}
