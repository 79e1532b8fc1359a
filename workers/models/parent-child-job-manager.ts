import { type BatchDto, type BatchStatusDto, launchFields } from '@/lib/contracts/batch';
import { getBatch, getBatchStatus } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { registerChild } from '@/lib/domain/batch/register-child';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { validate } from '@/lib/domain/validate';
import type { JobType } from '@/lib/job-types/catalogue';

export interface ParentJob {
  parentJobId: string;
  correlationId: string;
  totalChildren: number;
  metadata: Record<string, unknown> | null;
}

export interface ManagerOptions {
  /** the type of the parent, and so its defaults; single children may be of others */
  type: JobType;
  /** as the dashboard shows it; the type by default */
  name?: string;
  /** a parent without new children for this long is sealed; an hour by default */
  sealAfterSeconds?: number;
}

const MOST_CHILDREN = 10_000_000;

/**
 * Parent-child jobs: a parent is a batch that is sealed when its announced children were registered. Each child updates its
 * parent exactly once, whoever runs it.
 */
export class ParentChildJobManager {
  constructor(
    private readonly context: Context,
    private readonly options: ManagerOptions,
  ) {}

  /**
   * Creates a parent for this number of children. It takes a slot when its first child is registered.
   * @throws DomainError `invalid-request` when the number is not between 1 and 10,000,000
   */
  async createParentJob(
    totalChildren: number,
    correlationId?: string,
    metadata?: Record<string, unknown>,
  ): Promise<ParentJob> {
    const { type, name, sealAfterSeconds } = this.options;
    if (!Number.isInteger(totalChildren) || totalChildren < 1 || totalChildren > MOST_CHILDREN) {
      throw new DomainError('invalid-request', `A parent has 1 to ${MOST_CHILDREN} children, not ${totalChildren}.`);
    }
    const given = { correlationId, metadata, sealAfterSeconds, name: name ?? type, type };
    const open = { start: 'queue', sealed: false, announcedItems: totalChildren };
    const fields = validate(launchFields, { ...given, ...open }, 'The parent');
    const { result } = await launchBatch(this.context, { fields, items: nothing(), internal: true });
    const parent = await getBatch(this.context, result.parentJobId);
    return {
      parentJobId: parent.id,
      correlationId: parent.correlationId,
      totalChildren,
      metadata: metadata ?? null,
    };
  }

  /**
   * Makes a job a child of a parent, whatever its status is. A child that was created with `parentJobId` is registered
   * already; registering twice counts once. @returns whether it counts from now on (false: it did before)
   * @throws DomainError `not-found`, `batch-sealed`, `has-parent`; each is reported too
   */
  async registerChildJob(parentJobId: string, jobId: string): Promise<boolean> {
    const { registered } = await registerChild(this.context, parentJobId, jobId);
    return registered;
  }

  /** `total` includes announced children that are not registered yet. @throws DomainError `not-found` */
  getParentJobStatus(parentJobId: string): Promise<BatchStatusDto> {
    return getBatchStatus(this.context, parentJobId);
  }

  /** Returns the parent with its counters and options. @throws DomainError `not-found` */
  getParentJob(parentJobId: string): Promise<BatchDto> {
    return getBatch(this.context, parentJobId);
  }
}

async function* nothing(): AsyncGenerator<never> {}
