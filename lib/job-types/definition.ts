import type { z } from 'zod';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { PermanentError } from './failures';
import type { JobContext } from './job-context';

/** One kind of work. It is done by `run` (see `defineJob`), else by the processor of its name in `workers/processors`. */
export interface JobTypeDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  type: string;
  title: string;
  description: string;
  /** one item; API validation, launch form and OpenAPI come from it. With a `fileId`, dropped files become items */
  input: Input;
  output: Output;
  defaults: JobTypeDefaults;
  /** jobs that one consumer runs at once: high for waiting, low for computing */
  consumerConcurrency: number;
  /** made by the product for itself: not offered for launches */
  internal?: boolean;
  /** run by programs of your own or by other BullMQ clients: the product's consumers leave its queue alone */
  external?: boolean;
  /** a short name for an item in lists, made from its data */
  itemName?: (data: z.output<Input>) => string | undefined;
  /** a row of a CSV to an item, where cells need more than the schema's own types */
  fromCsv?: (row: Record<string, string>) => unknown;
}

/** Types a definition without widening it. */
export const defineJobType = <I extends z.ZodType, O extends z.ZodType>(d: JobTypeDefinition<I, O>) => d;

/**
 * A type that holds its work too: one file for all of it. For work that needs npm packages only; what needs the
 * product's own rooms has a processor in `workers/processors`.
 */
export const defineJob = <I extends z.ZodType, O extends z.ZodType>(
  d: JobTypeDefinition<I, O> & { run: (job: JobContext<z.output<I>>) => Promise<z.input<O>> },
) => d;

/** A type that your own programs or other BullMQ clients run; Batchyard's consumers take none of its deliveries. */
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
