import { setTimeout as sleep } from 'node:timers/promises';
import type { JobError } from '@/lib/contracts/errors';
import type { AbortRequest } from '@/lib/contracts/ipc';

/** Why a running attempt was aborted. */
export type AbortReason = 'cancel' | 'timeout';

const reasonOf = (why: AbortReason): Error => new Error(why === 'cancel' ? 'cancelled' : 'timed out');

/** One attempt that runs in this process. */
export class RunningAttempt {
  private controller: AbortController | undefined;
  private abandon: (() => void) | undefined;
  private grace: NodeJS.Timeout | undefined;
  aborted: AbortReason | undefined;

  constructor(readonly batchId: string | null) {}

  /** It is made when it is first read: that takes a large part of the time of a very short job. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort(reasonOf(this.aborted));
    }
    return this.controller.signal;
  }

  /**
   * Aborts the signal. With `force`, and on a timeout, the abort grace period starts too. A forced abort that follows
   * a graceful one starts it then.
   */
  abort(why: AbortReason, { force = false }: { force?: boolean } = {}): void {
    this.aborted ??= why;
    if (this.controller?.signal.aborted === false) this.controller.abort(reasonOf(why));
    if (force || why === 'timeout') this.abandon?.();
  }

  /** Rejects when the abort grace period of `graceMs` has passed. */
  graceExpired(graceMs: number): Promise<never> {
    return new Promise((_, reject) => {
      this.abandon = () => {
        this.grace ??= setTimeout(() => reject(new Error('it did not stop after its abort signal')), graceMs);
      };
    });
  }

  /** The attempt has ended: the grace period is cancelled. */
  end(): void {
    clearTimeout(this.grace);
  }
}

/** The attempts that run in this process, by their jobs' ids. */
export class RunningAttempts {
  private readonly attempts = new Map<string, RunningAttempt>();

  get size(): number {
    return this.attempts.size;
  }

  get jobIds(): string[] {
    return [...this.attempts.keys()];
  }

  /**
   * Resolves when no attempt runs here, and nothing more can begin: the workers have closed, or have begun nothing for
   * `ms` milliseconds. A worker that loses its connection to Redis while it closes does not wait for what it runs.
   */
  async allEnded(closed: Promise<unknown>, ms: number): Promise<void> {
    let isClosed = false;
    const noteClosed = () => {
      isClosed = true;
    };
    closed.then(noteClosed, noteClosed);
    for (let since = Date.now(); this.size > 0 || !(isClosed || Date.now() - since >= ms); await sleep(20)) {
      if (this.size > 0) since = Date.now();
    }
    // Its error, if closing failed.
    if (isClosed) await closed;
  }

  /** Adds an attempt. It replaces an older one of the same job. */
  start(jobId: string, batchId: string | null): RunningAttempt {
    const attempt = new RunningAttempt(batchId);
    this.attempts.set(jobId, attempt);
    return attempt;
  }

  end(jobId: string, attempt: RunningAttempt): void {
    attempt.end();
    if (this.attempts.get(jobId) === attempt) this.attempts.delete(jobId);
  }

  /** Aborts the attempts of these jobs and batches. */
  abort({ jobIds, batchIds, force }: AbortRequest): void {
    for (const id of jobIds) this.attempts.get(id)?.abort('cancel', { force });
    if (batchIds.length === 0) return;
    const batches = new Set(batchIds);
    for (const attempt of this.attempts.values()) {
      if (attempt.batchId && batches.has(attempt.batchId)) attempt.abort('cancel', { force });
    }
  }
}

type ReportProgress = (current: number, total: number, message?: string) => void;

/** What a program reports about a running attempt by its job's id, from anywhere in this process. */
export class AttemptReporter {
  #declared: { status: 'completed'; result: unknown } | { status: 'failed'; error: JobError } | undefined;

  constructor(readonly reportProgress: ReportProgress) {}

  complete(result: unknown): void {
    this.#declared = { status: 'completed', result };
  }

  fail(error: JobError): void {
    this.#declared = { status: 'failed', error };
  }

  /**
   * The result to record: the declared one, else what the processor returned.
   * @throws Error if the attempt was declared as failed
   */
  resultOf(returned: unknown): unknown {
    const declared = this.#declared;
    if (declared?.status === 'failed') throw Object.assign(new Error(declared.error.message), declared.error);
    return declared ? (declared.result ?? returned) : returned;
  }
}

const reporters = new Map<string, AttemptReporter>();

/** Makes a running attempt known by its job's id, until `unregister`. */
export function registerReporter(
  jobId: string,
  reportProgress: ReportProgress,
): { reporter: AttemptReporter; unregister(): void } {
  const reporter = new AttemptReporter(reportProgress);
  reporters.set(jobId, reporter);
  return {
    reporter,
    unregister: () => {
      if (reporters.get(jobId) === reporter) reporters.delete(jobId);
    },
  };
}

/** @throws Error unless this process runs the job */
export function reporterOf(jobId: string): AttemptReporter {
  const reporter = reporters.get(jobId);
  if (!reporter) throw new Error(`Job ${jobId} does not run in this process: only its processor may report about it.`);
  return reporter;
}
