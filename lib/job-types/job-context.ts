import type { Readable } from 'node:stream';
import type { FileDto } from '@/lib/contracts/file';
import type { ProgressChart } from '@/lib/contracts/job';
import type { KeyValues } from './kv';
import type { Launching } from './launching';

/** One attempt, as a processor receives it. `Input` is the validated data. */
export interface JobContext<Input> extends Launching {
  jobId: string;
  batchId: string | null;
  organizationId: string;
  /** shared by a batch and all its children; pass it on to the systems that the work calls */
  correlationId: string | null;
  /** the attempt number, from 1 */
  attempt: number;
  data: Input;
  /** aborted by a forced cancel, a timeout or a shutdown; long work must observe it */
  signal: AbortSignal;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
  /**
   * Adds a warning about the outcome, such as text that could not be decoded. It is stored with the job and logged, and
   * the batch counts the jobs with warnings. An attempt stores at most 20; further ones are only logged.
   * @param code stable, kebab-case, for grouping
   * @param message at most 500 characters
   */
  warn(code: string, message: string): void;
  /**
   * Adds to what this attempt costs. It is recorded with the end of the attempt, however it ends, and summed for the job
   * and its batch, whose budget it may spend. Not counted, with a warning: what is negative, not finite, or beyond
   * 1,000,000,000 tokens or 1,000,000 USD for one attempt.
   * @param amounts `tokens` whole; `usd` to nine decimals
   */
  cost(amounts: { tokens?: number | undefined; usd?: number | undefined }): void;
  /**
   * Returns a secret of the organization (Settings → Secrets). What the work writes afterwards contains `[secret NAME]`
   * instead: logs, warnings, errors, progress, the result and names of files.
   * @throws PermanentError `unknown-secret`
   */
  secret(name: string): Promise<string>;
  /**
   * Runs `work` once for the job: its result is stored as JSON, and later attempts get it instead of repeating the work. So
   * a retry does not repeat a call that was paid. What an attempt did that is killed before the end of `work` is repeated.
   * @param name unique in the run, at most 200 characters; it decides which result is returned
   * @returns the result as JSON has it: a date is a text, also in the first attempt
   * @throws PermanentError `duplicate-step`, `invalid-step`, `secret-in-step`, beyond 100 steps `too-many-steps`, beyond
   *   1 MiB of all results `step-too-large`
   */
  step<T>(name: string, work: () => Promise<T> | T): Promise<T>;
  /** Values that jobs of the type share in their organization, each with an end. They are not undone if the attempt fails. */
  kv: KeyValues;
  /** `chart`: curves so far, shown live beside the progress bar */
  updateProgress(current: number, total: number, message?: string, chart?: ProgressChart): void;
  /**
   * Opens a stored file that the input references. Read the stream to its end or destroy it.
   * @throws PermanentError `file-not-found`
   */
  openFile(fileId: string): Promise<{ file: FileDto; stream: Readable }>;
  /**
   * Streams an output file of this job to storage; users can preview and download it. The same name replaces the
   * earlier file, and a new attempt starts without files. At most 200 files, each at most MAX_UPLOAD_BYTES.
   * @param name the displayed file name with its extension, `converted.csv`; no path
   * @param contentType used only if the content does not identify the type
   * @returns the stored file; add its `fileId` to the result so that later work can find it
   */
  saveArtifact(
    name: string,
    contentType: string,
    body: AsyncIterable<Uint8Array | string> | Uint8Array | string,
  ): Promise<FileDto>;
}
