import type { Children } from '@/lib/domain/flow/read-children';
import type { InputOf, JobType, OutputOf } from '@/lib/job-types/catalogue';
import type { JobContext } from '@/lib/job-types/job-context';

export { PermanentError, RetryLaterError } from '@/lib/job-types/failures';

/** The input of a processor: one attempt of one job, and the results of its children in a flow. */
export interface ProcessorContext<T extends JobType> extends JobContext<InputOf<T>>, Children {}

/** The work of one job type. It may run more than once for a job, so its effects must be idempotent. */
export type Processor<T extends JobType> = (job: ProcessorContext<T>) => Promise<OutputOf<T>>;
