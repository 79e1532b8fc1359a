import type { Readable } from 'node:stream';
import type { ProgressChart } from '@/lib/contracts/job';
import type { FileDto } from '@/lib/contracts/system';
import type { Children } from '@/lib/domain/flow';
import type { InputOf, JobType, OutputOf } from '@/lib/job-types';

/** What a processor is given: one attempt of one job. */
export interface ProcessorContext<T extends JobType> extends Children {
  jobId: string;
  batchId: string | null;
  organizationId: string;
  /** shared by a batch and all its children: pass it on to what the work calls */
  correlationId: string | null;
  /** from 1 */
  attempt: number;
  data: InputOf<T>;
  /** aborted by a forced cancel, a timeout or a shutdown; long work must watch it */
  signal: AbortSignal;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
  /** `chart`: curves so far, drawn live beside the bar */
  updateProgress(current: number, total: number, message?: string, chart?: ProgressChart): void;
  /**
   * Opens a stored file that the input names. Read the stream to its end or destroy it.
   * @throws PermanentError `file-not-found`
   */
  openFile(fileId: string): Promise<{ file: FileDto; stream: Readable }>;
  /**
   * Stores a file that this job makes, as it is written; people preview and download it. The same name again replaces
   * the former one, and a new attempt begins with none. At most 200 files, each at most MAX_UPLOAD_BYTES.
   * @param name as people see it, with its extension: `converted.csv`; no path
   * @param contentType believed only where the bytes don't tell
   * @returns the stored file; put its `fileId` into the result where other work should find it
   */
  saveArtifact(
    name: string,
    contentType: string,
    body: AsyncIterable<Uint8Array | string> | Uint8Array | string,
  ): Promise<FileDto>;
}

/** The work of one job type. It may run more than once for a job, so its effects must be idempotent. */
export type Processor<T extends JobType> = (job: ProcessorContext<T>) => Promise<OutputOf<T>>;

/** Trying again can't help: the job fails at once, whatever attempts are left. */
export class PermanentError extends Error {
  override name = 'PermanentError';

  constructor(
    message: string,
    /** a stable word for grouping, such as `corrupt-document` */
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Somebody asked to come back later (Retry-After): the next attempt starts no earlier. */
export class RetryLaterError extends Error {
  override name = 'RetryLaterError';

  constructor(
    message: string,
    readonly delayMs: number,
    /** a stable word for grouping */
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
