import type { CreateScheduleBody, UpdateScheduleBody } from '@/lib/contracts/schedule';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';

export const toDate = (moment: string | number | null | undefined): Date | null =>
  moment === null || moment === undefined ? null : new Date(moment);

/** @throws DomainError `invalid-request` unless the start is before the end */
export function requireRange(startAt: Date | null, endAt: Date | null): void {
  if (!startAt || !endAt || startAt < endAt) return;
  throw new DomainError('invalid-request', 'A schedule must start before it ends.', {
    errors: [{ path: 'endAt', message: 'must be after startAt' }],
  });
}

/** Returns what an audit entry records of a change. What is launched is a payload. */
export function fieldsInAudit({ launch, ...fields }: UpdateScheduleBody | CreateScheduleBody): Record<string, unknown> {
  return { ...fields, ...(launch === undefined ? {} : { payload: { launch } }) };
}

/** Records that a schedule uses the files that its launch names, so that they live as long as it does. */
export async function useScheduledFiles(db: Queryable, organizationId: string, id: string): Promise<void> {
  await db.query(sql`delete from file_use where owner_id = ${id}`);
  await db.query(
    sql`insert into file_use (file_id, owner_id)
     select distinct f.id, s.id from schedule s
       cross join lateral regexp_matches(s.launch::text, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'gi') as found
       join file f on f.id = found[1]::uuid
     where s.id = ${id} and f.organization_id = ${organizationId} and f.only_for is null
     on conflict do nothing`,
  );
}
