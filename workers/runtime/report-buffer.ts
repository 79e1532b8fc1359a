import { FlushBuffer } from '@/lib/config/flush-buffer';
import { logger } from '@/lib/config/logger';
import type { JobLogLine, JobProgress } from '@/lib/contracts/job';
import { appendLogs, recordProgress } from '@/lib/domain/job/record-progress';

const FLUSH_MS = 400;
/** The most that one attempt may add to the log of its job: lines, and characters in each. */
const MAX_LINES_PER_ATTEMPT = 2000;
const MAX_MESSAGE = 8000;

const noReports = () => ({
  lines: [] as ({ jobId: string } & JobLogLine)[],
  progress: new Map<string, { id: string; attempt: number; progress: JobProgress }>(),
});

/** Writes progress and log lines of running attempts a few times a second, many at once. */
export class ReportBuffer {
  private readonly buffer = new FlushBuffer(noReports, FLUSH_MS, (reports) => {
    this.writing = this.writing.then(() => write(reports));
    return this.writing;
  });
  /** lines of each running attempt, by its job */
  private readonly lineCounts = new Map<string, number>();
  private writing: Promise<void> = Promise.resolve();

  /** Adds a log line. At the limit of an attempt a last line says that further ones are left out. */
  log(jobId: string, attempt: number, level: JobLogLine['level'], message: string): void {
    const count = (this.lineCounts.get(jobId) ?? 0) + 1;
    this.lineCounts.set(jobId, count);
    if (count > MAX_LINES_PER_ATTEMPT) return;
    const text =
      count === MAX_LINES_PER_ATTEMPT ? 'Further lines of this attempt are left out.' : message.slice(0, MAX_MESSAGE);
    this.buffer.open().lines.push({ jobId, attempt, at: new Date().toISOString(), level, message: text });
  }

  /** Sets the progress of an attempt. Of several reports between two writes the last one is written. */
  setProgress(id: string, attempt: number, progress: JobProgress): void {
    this.buffer.open().progress.set(id, { id, attempt, progress });
  }

  /** Writes the lines of an attempt before its outcome is recorded, so that they are there when its end is visible. */
  async finish(jobId: string): Promise<void> {
    this.buffer.collected.progress.delete(jobId);
    if (this.lineCounts.delete(jobId)) await this.flush();
  }

  /** Writes now what was collected. Never rejects. */
  flush(): Promise<void> {
    return this.buffer.flush();
  }
}

/** Reports are not the truth: if Postgres is unavailable they are lost, and the jobs go on. */
async function write({ lines, progress }: ReturnType<typeof noReports>): Promise<void> {
  try {
    if (lines.length > 0) await appendLogs(lines);
    if (progress.size > 0) await recordProgress([...progress.values()]);
  } catch (error) {
    logger.warn(
      { err: error, lines: lines.length, progress: progress.size },
      'Log lines and progress of running jobs were not written and are lost. The jobs go on.',
    );
  }
}
