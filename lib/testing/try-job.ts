import { definitionOf, type InputOf, type JobType, type OutputOf, workInDefinition } from '@/lib/job-types/catalogue';
import type { JobContext } from '@/lib/job-types/job-context';
import { type Tried, type TryOptions, tryJob as tryDefinition } from './try-definition';

/** Runs the work of a built-in type like a consumer, for its test; nothing is stored. */
export async function tryJob<T extends JobType>(
  type: T,
  data: unknown,
  options: TryOptions = {},
): Promise<Tried<OutputOf<T>>> {
  const work = workInDefinition(type);
  if (!work) throw new Error(`${type} does not hold its work: test its processor.`);
  const { input, output } = definitionOf(type);
  const run = work as (job: JobContext<InputOf<T>>) => Promise<unknown>;
  return (await tryDefinition(
    { input, output, run: (job) => run(job as JobContext<InputOf<T>>) },
    data,
    options,
  )) as Tried<OutputOf<T>>;
}
