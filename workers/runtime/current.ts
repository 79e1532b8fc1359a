import type { JobError } from '@/lib/contracts/errors';

type Report = (current: number, total: number, message?: string) => void;

/** What a running attempt said of itself by its job's id, from anywhere in this process. */
export class Current {
  #declared: { status: 'completed'; result: unknown } | { status: 'failed'; error: JobError } | undefined;

  constructor(readonly report: Report) {}

  complete(result: unknown): void {
    this.#declared = { status: 'completed', result };
  }

  fail(error: JobError): void {
    this.#declared = { status: 'failed', error };
  }

  /**
   * The result to be recorded: what was declared, else what the processor returned.
   * @throws Error where it declared that it failed
   */
  resultOf(returned: unknown): unknown {
    const declared = this.#declared;
    if (declared?.status === 'failed') throw Object.assign(new Error(declared.error.message), declared.error);
    return declared ? (declared.result ?? returned) : returned;
  }
}

const attempts = new Map<string, Current>();

/** Makes an attempt known under its job's id until `leave`. */
export function enterCurrent(jobId: string, report: Report): { current: Current; leave(): void } {
  const current = new Current(report);
  attempts.set(jobId, current);
  return {
    current,
    leave: () => {
      if (attempts.get(jobId) === current) attempts.delete(jobId);
    },
  };
}

/** @throws Error unless this process runs the job */
export function currentOf(jobId: string): Current {
  const current = attempts.get(jobId);
  if (!current) throw new Error(`Job ${jobId} does not run in this process: only its processor may report about it.`);
  return current;
}
