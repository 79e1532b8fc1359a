import { isDatabaseAway } from '@/lib/config/database-away';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { retryForever } from '@/lib/db/retry-forever';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import { readSteps, rememberStep } from '@/lib/domain/job/steps';
import { PermanentError } from '@/lib/job-types/failures';
import type { JobContext } from '@/lib/job-types/job-context';
import { MAX_STEP_BYTES, MAX_STEPS, stepProblem } from '@/lib/job-types/steps';
import type { TypeSecrets } from './attempt-secrets';

/** Repeats while Postgres is away: the work of a step is done, and forgetting it would repeat it. */
async function whileAway<T>(what: string, work: () => Promise<T>): Promise<T> {
  const ended = await retryForever(what, () =>
    work().then(
      (value) => ({ value }),
      (error: unknown) => {
        if (isDatabaseAway(error)) throw error;
        return { error };
      },
    ),
  );
  if ('error' in ended) throw ended.error;
  return ended.value;
}

/** The steps of one attempt. What is remembered of earlier attempts is read by the first of them. */
class AttemptSteps {
  private remembered: Promise<Map<string, string>> | undefined;
  private readonly used = new Set<string>();
  private bytes = 0;

  constructor(
    private readonly claim: Pick<Claim, 'id' | 'attempt'>,
    private readonly running: { readonly signal: AbortSignal },
    private readonly secrets: TypeSecrets,
  ) {}

  async run<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const problem = stepProblem(name, this.used);
    if (problem) throw problem;
    this.used.add(name);
    this.remembered ??= this.read();
    const known = (await this.remembered).get(name);
    if (known !== undefined) return parseJson(known) as T;
    this.running.signal.throwIfAborted();
    const result = (stringifyJson(await work()) as string | undefined) ?? 'null';
    this.check(name, result);
    const { id: jobId, attempt } = this.claim;
    const stored = await whileAway('Remembering a step', () => rememberStep({ jobId, attempt }, name, result));
    if (stored === undefined) throw new Error(`This attempt no longer owns its job: step ${name} was not remembered.`);
    return parseJson(stored) as T;
  }

  private async read(): Promise<Map<string, string>> {
    const steps = await readSteps(this.claim.id);
    for (const result of steps.values()) this.bytes += Buffer.byteLength(result);
    return steps;
  }

  /** @throws PermanentError `too-many-steps`, `step-too-large`, `secret-in-step` */
  private check(name: string, result: string): void {
    this.bytes += Buffer.byteLength(result);
    if (this.used.size > MAX_STEPS) {
      throw new PermanentError(`A job may have ${MAX_STEPS} steps. Do several things in one step.`, 'too-many-steps');
    }
    if (this.bytes > MAX_STEP_BYTES) {
      const most = `${MAX_STEP_BYTES / 1024 ** 2} MiB`;
      throw new PermanentError(
        `The steps of a job may return ${most} of JSON together, and with ${name} it is more. Store the result as a file and return its id.`,
        'step-too-large',
      );
    }
    const [secret] = this.secrets.namesIn(result);
    if (secret === undefined) return;
    throw new PermanentError(
      `The result of step ${name} contains the secret ${secret}, and results of steps are stored. Return what it is used for.`,
      'secret-in-step',
    );
  }
}

/** What one attempt may do with steps. */
export function stepsOf(...attempt: ConstructorParameters<typeof AttemptSteps>): Pick<JobContext<unknown>, 'step'> {
  let steps: AttemptSteps | undefined;
  return {
    step: (name, work) => {
      steps ??= new AttemptSteps(...attempt);
      return steps.run(name, work);
    },
  };
}
