import type { LaunchFields } from '@/lib/contracts/batch';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';

/** Default: one hour without a new item means that the sender has probably stopped. */
const SEAL_AFTER_SECONDS = 3600;

interface OpenColumns {
  sealed: boolean;
  announced: number | null;
  /** seconds without a further item after which the batch is sealed */
  sealAfter: number | null;
}

/**
 * Returns the columns `sealed`, `announced` and `seal_after` of a launch.
 * @throws DomainError `invalid-request` if a sealed batch has fields that are only for unsealed ones
 */
export function openColumns(fields: LaunchFields): OpenColumns {
  if (fields.sealed === false) {
    return {
      sealed: false,
      announced: fields.announcedItems ?? null,
      sealAfter: fields.sealAfterSeconds ?? SEAL_AFTER_SECONDS,
    };
  }
  const wrong = (['announcedItems', 'sealAfterSeconds'] as const).filter((name) => fields[name] !== undefined);
  if (wrong.length === 0) return { sealed: true, announced: null, sealAfter: null };
  throw new DomainError('invalid-request', `${wrong.join(' and ')} can only be given with sealed: false.`, {
    errors: wrong.map((path) => ({ path, message: 'needs sealed: false' })),
  });
}

/** Seals the batch if all announced items were added. @throws DomainError `batch-sealed` if there are more */
export async function countAnnounced(db: Queryable, batchId: string, total: number): Promise<void> {
  const { rows } = await db.query<{ announced: number | null }>(
    sql`update batch set sealed = announced = ${total}, seals_at = case when announced > ${total} then seals_at end
     where id = ${batchId} returning announced`,
  );
  const announced = rows[0]?.announced ?? total;
  if (total > announced) throw tooMany(announced, 0, total);
}

/** Returns the error for more items than were announced. */
export const tooMany = (announced: number, had: number, more: number): DomainError =>
  new DomainError(
    'batch-sealed',
    `${announced} items were announced${had > 0 ? ` and ${had} have come` : ''}; ${more} more do not fit. Nothing was added.`,
  );
