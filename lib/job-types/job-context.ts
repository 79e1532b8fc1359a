import type { Readable } from 'node:stream';
import type { FileDto } from '@/lib/contracts/file';
import type { ProgressChart } from '@/lib/contracts/job';

/** One attempt, as the work of a job receives it. `Input` is the data after validation by the type's schema. */
export interface JobContext<Input> {
  jobId: string;
  batchId: string | null;
  organizationId: string;
  /** shared by a batch and all its children: pass it on to what the work calls */
  correlationId: string | null;
  /** from 1 */
  attempt: number;
  data: Input;
  /** aborted by a forced cancel, a timeout or a shutdown; long work must watch it */
  signal: AbortSignal;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
  /**
   * Adds a warning about the outcome, such as text that could not be read. It is stored with the job, and its
   * batch counts the jobs that have any. Also a line of the log. 20 for an attempt; further ones are in the log only.
   * @param code stable, kebab-case, for grouping
   * @param message at most 500 characters
   */
  warn(code: string, message: string): void;
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
   * @param contentType used only if the bytes do not show the type
   * @returns the stored file; put its `fileId` into the result where other work should find it
   */
  saveArtifact(
    name: string,
    contentType: string,
    body: AsyncIterable<Uint8Array | string> | Uint8Array | string,
  ): Promise<FileDto>;
}
