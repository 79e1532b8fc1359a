import { type JobWarning, MAX_WARNING_MESSAGE, MAX_WARNINGS } from '@/lib/contracts/job';

const MAX_CODE = 100;

/** Postgres holds no NUL, and JSON that others read no halves of characters. A cut never leaves half a character. */
const clean = (text: string, max: number): string =>
  text
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/\p{Surrogate}|\0/gu, '\uFFFD');

/** The warnings of one attempt: each once, bounded in number and length. */
export class Warnings {
  private readonly kept: JobWarning[] = [];
  private left = 0;

  /** Keeps a warning, as it will be shown. @returns undefined where it is known already */
  add(code: string, message: string): JobWarning | undefined {
    const warning = { code: clean(code, MAX_CODE), message: clean(message, MAX_WARNING_MESSAGE) };
    if (this.kept.some((k) => k.code === warning.code && k.message === warning.message)) return undefined;
    if (this.kept.length < MAX_WARNINGS) this.kept.push(warning);
    else this.left += 1;
    return warning;
  }

  /** What is recorded: where there were too many, the last one says how many are left out. */
  all(): JobWarning[] | undefined {
    if (this.kept.length === 0) return undefined;
    if (this.left === 0) return this.kept;
    const message = `${this.left + 1} further warnings are in the log of the job.`;
    return [...this.kept.slice(0, -1), { code: 'further-warnings', message }];
  }
}
