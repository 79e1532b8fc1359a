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

/** Checks the types of an own job file. */
export const defineJob = <Input extends z.ZodType, Output extends z.ZodType = z.ZodType>(
  job: RunnableJob<Input, Output>,
): RunnableJob<Input, Output> => job;

/** What `batchyard.config.ts` exports by default: where a yard has its jobs. */
export interface Config {
  /** folders of job files, relative to this file; `["./jobs"]` by default */
  jobs?: string[];
  /** npm packages that bring job types; each names its folder as `"batchyard": { "jobs": "./folder" }` in its package.json */
  packages?: string[];
}

/** Checks the types of a configuration. */
export const defineConfig = (config: Config): Config => config;
