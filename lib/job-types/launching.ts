import type { BatchOptions } from '@/lib/contracts/batch-options';
import type { Backoff } from '@/lib/contracts/job';
import type { ItemOf, TypeName } from '@/lib/contracts/typed-names';
import { PermanentError } from './failures';

interface Keyed {
  /**
   * Tells launches of one run apart, at most 200 characters; by default the type. The same key in another attempt is the
   * same launch.
   */
  key?: string;
  metadata?: Record<string, unknown>;
}

export interface EnqueueOptions extends Keyed {
  name?: string;
  description?: string;
  /** 0–1000, higher first */
  priority?: number;
  maxAttempts?: number;
  backoff?: Backoff;
  delayMs?: number;
}

export interface BatchLaunchOptions extends Keyed {
  /** by default the type */
  name?: string;
  options?: BatchOptions;
  /** fields of the items that are found across all batches, such as `customer.id` */
  searchable?: string[];
}

/**
 * Launches of a run, in its organization and within its limits. However often the job is attempted, each is made once; a
 * retry with another input launches anew.
 */
export interface Launching {
  /** Creates a job. @throws PermanentError `duplicate-launch`, `invalid-data`, `unknown-job-type`, `forbidden`, … */
  enqueue<Name extends TypeName>(type: Name, data: ItemOf<Name>, options?: EnqueueOptions): Promise<{ jobId: string }>;
  /**
   * Launches a batch, which waits for a free slot. Items are streamed, and all or none are stored.
   * @throws PermanentError `duplicate-launch`, `invalid-items`, `unknown-job-type`, `empty-batch`, `forbidden`, …
   */
  launch<Name extends TypeName>(
    type: Name,
    items: Iterable<ItemOf<Name>> | AsyncIterable<ItemOf<Name>>,
    options?: BatchLaunchOptions,
  ): Promise<{ batchId: string; count: number }>;
}

const MAX_KEY = 200;

/** Returns why a launch can't be made. @param used `<kind> <key>` of the launches so far */
export function launchProblem(
  kind: 'job' | 'batch',
  key: unknown,
  used: ReadonlySet<string>,
): PermanentError | undefined {
  if (typeof key !== 'string' || key === '' || key.length > MAX_KEY || /\p{Cc}|\p{Surrogate}/u.test(key)) {
    return new PermanentError(
      `The key of a launch is a text of 1 to ${MAX_KEY} printable characters.`,
      'invalid-launch',
    );
  }
  if (!used.has(`${kind} ${key}`)) return undefined;
  return new PermanentError(
    `One run launched two of the key ${key}, and the key decides whether it was launched before. Give each its own: { key: '…' }.`,
    'duplicate-launch',
  );
}
