import { FlushBuffer } from '@/lib/config/flush-buffer';
import { logger } from '@/lib/config/logger';
import { type Costs, costsOf, MAX_COST } from '@/lib/contracts/costs';
import {
  type JobLogLine,
  type JobProgress,
  type JobWarning,
  MAX_CHART_POINTS,
  MAX_WARNING_MESSAGE,
  MAX_WARNINGS,
  type ProgressChart,
} from '@/lib/contracts/job';
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

const MAX_SERIES = 4;
const MAX_NAME = 60;

/** Limits a chart so that it can be sent with every report: evenly thinned, the last point kept, finite numbers only. */
export function boundedChart({ axis, series }: ProgressChart): ProgressChart {
  return {
    axis: axis.slice(0, MAX_NAME),
    series: series.slice(0, MAX_SERIES).map(({ name, points }) => ({
      name: name.slice(0, MAX_NAME),
      points: thinned(points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))),
    })),
  };
}

function thinned(points: [number, number][]): [number, number][] {
  if (points.length <= MAX_CHART_POINTS) return points;
  const step = (points.length - 1) / (MAX_CHART_POINTS - 1);
  return Array.from({ length: MAX_CHART_POINTS }, (_, i) => points[Math.round(i * step)] ?? [0, 0]);
}

const MAX_CODE = 100;

/** Postgres stores no NUL, and many JSON readers refuse lone surrogates: they are replaced, and a cut leaves none. */
const clean = (text: string, max: number): string =>
  text
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/\p{Surrogate}|\0/gu, '\uFFFD');

/** The warnings of one attempt: each only once, limited in number and length. */
export class Warnings {
  private readonly kept: JobWarning[] = [];
  private left = 0;

  /** Adds a warning. @returns it as it will be shown, or undefined if it was added before */
  add(code: string, message: string): JobWarning | undefined {
    const warning = { code: clean(code, MAX_CODE), message: clean(message, MAX_WARNING_MESSAGE) };
    if (this.kept.some((k) => k.code === warning.code && k.message === warning.message)) return undefined;
    if (this.kept.length < MAX_WARNINGS) this.kept.push(warning);
    else this.left += 1;
    return warning;
  }

  /** The warnings to record. If there were too many, the last one says how many are left out. */
  all(): JobWarning[] | undefined {
    if (this.kept.length === 0) return undefined;
    if (this.left === 0) return this.kept;
    const message = `${this.left + 1} further warnings are in the log of the job.`;
    return [...this.kept.slice(0, -1), { code: 'further-warnings', message }];
  }
}

/** One thousandth of a millionth of a dollar: the price of a token has so many decimals. */
const USD_STEP = 1e9;

/** What one attempt has cost so far. */
export class AttemptCosts {
  private tokens = 0;
  private usd = 0;

  /** Adds amounts. @returns what could not be counted, in words */
  add({ tokens = 0, usd = 0 }: { tokens?: number | undefined; usd?: number | undefined }): string | undefined {
    const refused: string[] = [];
    if (isWithin(this.tokens, tokens, MAX_COST.tokens)) this.tokens += Math.round(tokens);
    else refused.push(`${String(tokens).slice(0, 40)} tokens`);
    if (isWithin(this.usd, usd, MAX_COST.usd)) this.usd = Math.round((this.usd + usd) * USD_STEP) / USD_STEP;
    else refused.push(`${String(usd).slice(0, 40)} USD`);
    return refused.length > 0 ? `A cost of ${refused.join(' and ')} was not counted.` : undefined;
  }

  /** The costs to record, or undefined if there are none. */
  all(): Costs | undefined {
    return this.tokens > 0 || this.usd > 0 ? costsOf(this.tokens, this.usd) : undefined;
  }
}

const isWithin = (sum: number, amount: unknown, most: number): amount is number =>
  typeof amount === 'number' && amount >= 0 && sum + amount <= most;
