import type { Children } from '@/lib/domain/flow';
import type { InputOf, JobContext, JobType, OutputOf } from '@/lib/job-types';

export { PermanentError, RetryLaterError } from '@/lib/job-types';

/** What a processor is given: one attempt of one job, and what its children in a flow gave. */
export interface ProcessorContext<T extends JobType> extends JobContext<InputOf<T>>, Children {}

/** The work of one job type. It may run more than once for a job, so its effects must be idempotent. */
export type Processor<T extends JobType> = (job: ProcessorContext<T>) => Promise<OutputOf<T>>;
