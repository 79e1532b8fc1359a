import type { JobError } from '@/lib/contracts/errors';
import { type Backoff, createJobBody } from '@/lib/contracts/job';
import { sealBatch } from '@/lib/domain/batch/seal-batch';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { validate } from '@/lib/domain/validate';
import type { InputOf, JobType } from '@/lib/job-types/catalogue';
import { ParentChildJobManager } from './parent-child-job-manager';

export interface EnqueueOptions {
  /** the job becomes a child of this batch */
  parentJobId?: string;
  /** a child without one shares its parent's */
  correlationId?: string;
  delayInSeconds?: number;
  name?: string;
  /** 0–1000, higher first */
  priority?: number;
  maxAttempts?: number;
  backoff?: Backoff;
  metadata?: Record<string, unknown>;
  /** the same key returns the same job */
  idempotencyKey?: string;
}

export interface BulkOptions extends Omit<EnqueueOptions, 'parentJobId' | 'idempotencyKey' | 'metadata'> {
  /** of the parent */
  metadata?: Record<string, unknown>;
}

export interface BulkResult {
  parentJobId: string;
  enqueuedCount: number;
  /** items that were refused, by their index in the list */
  refused: { index: number; error: JobError }[];
}

/** Children that are created at the same time. */
const PARALLEL = 8;

/** Creates jobs: one, or many under a parent. */
export class JobProducer {
  constructor(private readonly context: Context) {}

  /**
   * @returns the job's id
   * @throws DomainError `invalid-request`, `invalid-data`, and with a parent `not-found`, `batch-sealed`
   */
  async enqueue<T extends JobType>(type: T, data: InputOf<T>, options?: EnqueueOptions): Promise<string>;
  /** The same for an own type, whose input only the workers' schema describes. */
  async enqueue(type: string, data: unknown, options?: EnqueueOptions): Promise<string>;
  async enqueue(type: string, data: unknown, options: EnqueueOptions = {}): Promise<string> {
    const { delayInSeconds, idempotencyKey, ...rest } = options;
    const delay = delayInSeconds ? { delayMs: Math.round(delayInSeconds * 1000) } : {};
    const body = validate(createJobBody, { type, data, ...rest, ...delay }, 'The job');
    const { job } = await createJob(this.context, body, { idempotencyKey, internal: true });
    return job.id;
  }

  /**
   * Creates a parent, and its children one by one: a refused child does not stop the others. The parent is sealed with the
   * children that were accepted. @throws DomainError `invalid-request` for an empty list
   */
  async enqueueWithParent<T extends JobType>(
    type: T,
    items: InputOf<T>[],
    { metadata, correlationId, name, ...options }: BulkOptions = {},
  ): Promise<BulkResult> {
    const manager = new ParentChildJobManager(this.context, { type, ...(name === undefined ? {} : { name }) });
    const { parentJobId } = await manager.createParentJob(items.length, correlationId, metadata);
    const refused: BulkResult['refused'] = [];
    const rest = items.entries();
    const some = async () => {
      for (const [index, data] of rest) {
        try {
          await this.enqueue(type, data, { ...options, parentJobId });
        } catch (error) {
          const { message, code } = error as JobError;
          refused.push({ index, error: { message, ...(code === undefined ? {} : { code }) } });
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, some));
    if (refused.length > 0) {
      const reason = `${refused.length} of ${items.length} children could not be enqueued`;
      await sealBatch(this.context, parentJobId, { reason });
    }
    return {
      parentJobId,
      enqueuedCount: items.length - refused.length,
      refused: refused.sort((a, b) => a.index - b.index),
    };
  }
}
