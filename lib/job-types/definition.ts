import type { z } from 'zod';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { PermanentError } from './failures';
import type { JobContext } from './job-context';

/** One kind of work. `run` does it (see `defineJob`), else the processor of the same name in `workers/processors`. */
export interface JobTypeDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  type: string;
  title: string;
  description: string;
  /**
   * the schema of one item, used for validation, launch form and OpenAPI. With a `fileId`, uploaded files become items
   */
  input: Input;
  output: Output;
  defaults: JobTypeDefaults;
  /** jobs that one consumer runs concurrently: high for I/O, low for computation */
  consumerConcurrency: number;
  /** one call does the work of several jobs: this many at most */
  many?: { maxItems: number } | undefined;
  /** internal: users cannot launch it */
  internal?: boolean;
  /** run by your own programs or by other BullMQ clients; the product's consumers do not read its queue */
  external?: boolean;
  /** why nobody can launch it, if nobody can: its jobs can still be read */
  unavailable?: string;
  /** the JSON Schemas of a type whose code only the workers load */
  schemas?: { input: z.core.JSONSchema.BaseSchema; output: z.core.JSONSchema.BaseSchema };
  /** fields of the input whose values are indexed for searches over all batches, such as `customer.id`; five at most */
  searchable?: readonly string[];
  /**
   * fields that only a column of the same name fills by itself, because a wrong one has effects on others: an address that
   * is called
   */
  exactColumns?: readonly string[];
  /** returns the method and the host that an item calls; undefined if that is not known before it runs */
  callOf?(data: z.output<Input>): { method: string; host: string } | undefined;
  /** returns a short name of an item for lists */
  itemName?(data: z.output<Input>): string | undefined;
  /** converts a CSV row to an item, if cells need more than the conversions of the schema */
  fromCsv?: (row: Record<string, string>) => unknown;
}

/** Checks the type of a definition without widening it. */
export const defineJobType = <I extends z.ZodType, O extends z.ZodType>(d: JobTypeDefinition<I, O>) => d;

/**
 * A job type with its work in one file. Use it for work that needs only npm packages. Work that imports the product's
 * own modules needs a processor in `workers/processors`.
 */
export const defineJob = <I extends z.ZodType, O extends z.ZodType>(
  d: JobTypeDefinition<I, O> & { run: (job: JobContext<z.output<I>>) => Promise<z.input<O>> },
) => d;

/** A type that your own programs or other BullMQ clients run. Batchyard's consumers do not read its queue. */
export const defineExternalJob = <I extends z.ZodType, O extends z.ZodType>(d: JobTypeDefinition<I, O>) =>
  defineJob({
    ...d,
    external: true,
    run: async () => {
      throw new PermanentError('This type is run by programs of its own, not by the workers.', 'runs-elsewhere');
    },
  });

export const DEFAULTS: JobTypeDefaults = {
  maxAttempts: 1,
  backoff: { type: 'exponential', delay: 1000 },
  timeoutMs: 10 * 60 * 1000,
  concurrency: 0,
  ratePerMinute: 0,
};
