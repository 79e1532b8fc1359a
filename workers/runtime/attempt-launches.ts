import { createHash } from 'node:crypto';
import { launchFields } from '@/lib/contracts/batch';
import { toIssues } from '@/lib/contracts/issues';
import { jobFields } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { type Context, runContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { freshTypes } from '@/lib/domain/job-type/read-types';
import { PermanentError } from '@/lib/job-types/failures';
import { type Launching, launchProblem } from '@/lib/job-types/launching';
import type { TypeSecrets } from './attempt-secrets';

/** Refusals that may pass by themselves: another attempt may succeed. */
const PASSING: readonly string[] = ['unavailable', 'too-many-requests', 'limit-exceeded', 'limit-reached'];
const SHOWN_ISSUES = 3;

const jobOptions = jobFields.pick({
  name: true,
  description: true,
  priority: true,
  maxAttempts: true,
  backoff: true,
  delayMs: true,
  metadata: true,
});
const batchOptions = launchFields.pick({ name: true, options: true, metadata: true, searchable: true }).partial();

/** What one attempt launches. Its keys are made of the job and its input, so another attempt launches nothing twice. */
class AttemptLaunches implements Launching {
  private readonly used = new Set<string>();
  private readonly context: Context;

  constructor(
    private readonly claim: Claim,
    private readonly running: { readonly signal: AbortSignal },
    private readonly secrets: TypeSecrets,
  ) {
    this.context = runContext(claim.organization_id, claim);
  }

  enqueue: Launching['enqueue'] = async (type, data, { key = type, ...given } = {}) => {
    const idempotencyKey = await this.begin('job', key);
    this.refuseSecrets(data);
    const options = parsed(jobOptions.safeParse(given));
    const { job } = await refusals(() =>
      createJob(this.context, { ...options, type, data: data as object, ...this.correlation }, { idempotencyKey }),
    );
    return { jobId: job.id };
  };

  launch: Launching['launch'] = async (type, items, { key = type, ...given } = {}) => {
    const idempotencyKey = await this.begin('batch', key);
    const { name = type, ...options } = parsed(batchOptions.safeParse(given));
    const fields = { ...options, name, type, start: 'queue' as const, ...this.correlation };
    const { result } = await refusals(() =>
      launchBatch(this.context, { fields, items: this.numbered(items), idempotencyKey }),
    );
    return { batchId: result.batchId, count: result.enqueuedCount };
  };

  /** @returns the idempotency key: another input is another launch, as it is for steps */
  private async begin(kind: 'job' | 'batch', key: string): Promise<string> {
    const problem = launchProblem(kind, key, this.used);
    if (problem) throw problem;
    this.used.add(`${kind} ${key}`);
    this.running.signal.throwIfAborted();
    await freshTypes();
    const input = createHash('sha256').update(stringifyJson(this.claim.data)).digest('hex').slice(0, 16);
    return `run:${this.claim.id}:${input}:${key}`;
  }

  private get correlation(): { correlationId?: string } {
    const { correlation_id: correlationId } = this.claim;
    return correlationId === null ? {} : { correlationId };
  }

  private async *numbered(items: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<LaunchItem> {
    let row = 0;
    for await (const data of items) {
      row += 1;
      this.refuseSecrets(data);
      yield { row, data };
    }
  }

  private refuseSecrets(data: unknown): void {
    const [name] = this.secrets.namesIn((stringifyJson(data) as string | undefined) ?? '');
    if (name === undefined) return;
    throw new PermanentError(
      `The data of a job contains the secret ${name}, and data is stored. Pass its name, and read the secret there.`,
      'secret-in-data',
    );
  }
}

function parsed<T>(result: { success: true; data: T } | { success: false; error: Parameters<typeof toIssues>[0] }): T {
  if (result.success) return result.data;
  throw new PermanentError(`The options do not fit: ${listed(toIssues(result.error))}`, 'invalid-request');
}

const listed = (issues: readonly { path: string; message: string; row?: number | undefined }[]): string =>
  issues
    .slice(0, SHOWN_ISSUES)
    .map(({ path, message, row }) => `${row === undefined ? '' : `item ${row} `}${path} ${message}`)
    .join('; ');

/** What is refused for good fails the job at once; a limit may pass. */
async function refusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof DomainError) || PASSING.includes(cause.code)) throw cause;
    const issues = cause.errors ? ` ${listed(cause.errors)}` : '';
    throw new PermanentError(cause.message + issues, cause.code, { cause });
  }
}

/** What one attempt may launch. */
export function launchesOf(...attempt: ConstructorParameters<typeof AttemptLaunches>): Launching {
  let launches: AttemptLaunches | undefined;
  const made = () => {
    launches ??= new AttemptLaunches(...attempt);
    return launches;
  };
  return {
    enqueue: (...given) => made().enqueue(...given),
    launch: (...given) => made().launch(...given),
  };
}
