import type { z } from 'zod';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import type { JobContext } from '@/lib/job-types/job-context';

export * from '@/lib/contracts/typed-names';
export { PermanentError, RetryLaterError } from '@/lib/job-types/failures';
export type { JobContext };

/** What an own job file exports by default: one kind of work, whose type is the name of its file. */
export interface JobDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** shown in the dashboard; by default the name of the file as words */
  title?: string;
  /** one or two sentences: what it does with an item */
  description?: string;
  /** a name of the icons that the dashboard has, such as `globe` */
  icon?: string;
  /** the zod schema of one item: validation, the launch form and the API come from it */
  input: Input;
  /** the zod schema of one result; without it any JSON is a result */
  output?: Output;
  /** attempts, backoff, time limit, concurrency, rate and dead-letter queue; a launch may say otherwise */
  defaults?: Partial<JobTypeDefaults>;
  /** items that one process runs at once, 10 by default: high for waiting on others, low for computation */
  consumerConcurrency?: number;
  /** fields of the input that are found across all batches, such as `customer.id`; five at most */
  searchable?: readonly string[];
}

/** A definition with its work: one attempt of one job. It may run more than once, so its effects must be idempotent. */
export interface RunnableJob<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType>
  extends JobDefinition<Input, Output> {
  run(job: JobContext<z.output<Input>>): Promise<z.input<Output>> | z.input<Output>;
}

/** A definition whose work is one call for several jobs, each with its own outcome, retry and count. */
export interface RunnableManyJob<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType>
  extends JobDefinition<Input, Output> {
  /**
   * One attempt of each item. It may run more than once for an item, so its effects must be idempotent.
   * @param items of one organization, maybe of several batches; in a call that is not full fewer than `maxItems`
   * @returns for each item, in their order, its output or an `Error`, which fails that item alone. What it throws fails all
   */
  runMany(items: JobContext<z.output<Input>>[]): Promise<(z.input<Output> | Error)[]> | (z.input<Output> | Error)[];
  /** items of one call at most, 1,000 at most */
  maxItems: number;
  /** milliseconds that the first item of a call waits for others, 20 by default, 10,000 at most */
  maxWaitMs?: number;
}

type One<Input extends z.ZodType, Output extends z.ZodType> = RunnableJob<Input, Output> & {
  [only in 'runMany' | 'maxItems' | 'maxWaitMs']?: never;
};
type Many<Input extends z.ZodType, Output extends z.ZodType> = RunnableManyJob<Input, Output> & { run?: never };

/** Checks the types of an own job file. */
export function defineJob<Input extends z.ZodType, Output extends z.ZodType = z.ZodType>(
  job: One<Input, Output>,
): RunnableJob<Input, Output>;
export function defineJob<Input extends z.ZodType, Output extends z.ZodType = z.ZodType>(
  job: Many<Input, Output>,
): RunnableManyJob<Input, Output>;
// The compiler explains a mistake by the last one.
export function defineJob<Input extends z.ZodType, Output extends z.ZodType = z.ZodType>(
  job: One<Input, Output> | Many<Input, Output>,
): RunnableJob<Input, Output> | RunnableManyJob<Input, Output>;
export function defineJob<Job>(job: Job): Job {
  return job;
}

/** What `batchyard.config.ts` exports by default: where a yard has its jobs. */
export interface Config {
  /** folders of job files, relative to this file; `["./jobs"]` by default */
  jobs?: string[];
  /** npm packages that bring job types; each names its folder as `"batchyard": { "jobs": "./folder" }` in its package.json */
  packages?: string[];
}

/** Checks the types of a configuration. */
export const defineConfig = (config: Config): Config => config;
