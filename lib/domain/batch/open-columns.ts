import type { LaunchFields } from '@/lib/contracts/batch';
import type { Sql } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';

/** An hour without a further item: whoever wanted to send some has gone. */
const SEAL_AFTER_SECONDS = 3600;

/**
 * The columns `sealed`, `announced` and `seal_after` (seconds) of a launch.
 * @throws DomainError `invalid-request` when a sealed batch is given what only an unsealed one has
 */
export function openColumns(fields: LaunchFields): [sealed: boolean, announced: number | null, after: number | null] {
  if (fields.sealed === false) {
    return [false, fields.announcedItems ?? null, fields.sealAfterSeconds ?? SEAL_AFTER_SECONDS];
  }
  const wrong = (['announcedItems', 'sealAfterSeconds'] as const).filter((name) => fields[name] !== undefined);
  if (wrong.length === 0) return [true, null, null];
  throw new DomainError('invalid-request', `${wrong.join(' and ')} can only be given with sealed: false.`, {
    errors: wrong.map((path) => ({ path, message: 'needs sealed: false' })),
  });
}

/** Seals the batch when all that was announced has come. @throws DomainError `invalid-request` when more came */
export async function countAnnounced(sql: Sql, batchId: string, total: number): Promise<void> {
  const { rows } = await sql.query<{ announced: number }>(
    `update batch set sealed = announced = $2, seals_at = case when announced > $2 then seals_at end
     where id = $1 returning announced`,
    [batchId, total],
  );
  const announced = rows[0]?.announced ?? total;
  if (total > announced) throw tooMany(announced, 0, total);
}

/** More came than was announced. */
export const tooMany = (announced: number, had: number, more: number): DomainError =>
  new DomainError(
    'batch-sealed',
    `${announced} items were announced${had > 0 ? ` and ${had} have come` : ''}; ${more} more do not fit. Nothing was added.`,
  );
