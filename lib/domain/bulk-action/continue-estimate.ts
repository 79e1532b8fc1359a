import { type BulkActionEstimate, SEARCH_SECONDS } from '@/lib/contracts/bulk-action';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { readExpressions } from '@/lib/domain/batch/corrections/expressions';
import { type Context, may, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openScope, requireQuery } from '@/lib/domain/query/scope';
import { BULK_ACTION_COLUMNS, type BulkActionRow } from './bulk-action-row';
import { concludeEstimate, dropEstimate } from './estimate-bulk-action';
import { begin, type Frozen, freezeByQuery } from './freeze-selection';
import { reasonToSkip } from './reasons';
import { requireAction } from './require-action';
import { expired, unknownToken } from './start-bulk-action';

/**
 * Goes on with the search of an estimate that has not searched everything: what it finds is chosen too. Where there is
 * nothing left to search, it returns the estimate again.
 * @param waitSeconds how long it searches before it answers
 * @throws DomainError `forbidden`, `not-found` for an unknown token, `estimate-expired`, `already-done` if it was started,
 *   `unavailable` while another call goes on with it, `limit-exceeded`
 */
export async function continueEstimate(
  context: Context,
  token: string,
  waitSeconds = SEARCH_SECONDS.usual,
): Promise<BulkActionEstimate> {
  requirePermission(context, 'bulk-action.create', 'change many jobs at once');
  const row = await takeEstimate(context, token);
  try {
    await requireAction(context, row.action, row.estimate?.of ?? 'jobs');
    const frozen = frozenOf(row);
    if (frozen.next) {
      const query = requireQuery(row.query ?? '', 'jobs');
      // Ages in the query are those of the moment of the first call.
      const scope = await openScope(context, query, 'jobs', row.createdAt.getTime());
      const why = reasonToSkip(row.action, !may(context, 'job.change-external'), row.tags ?? undefined);
      await freezeByQuery(row.id, query, scope, why, begin(waitSeconds, frozen));
    }
    const { id, action, ratePerMinute, estimate } = row;
    const expressions = row.set ? readExpressions(row.set) : [];
    const { of = 'jobs', missing = 0 } = estimate ?? {};
    return await concludeEstimate(context, { id, action, of, missing, ratePerMinute, expressions }, frozen);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'limit-exceeded') return dropEstimate(row.id, error);
    await pool().query(sql`update bulk_action set status = 'estimated' where id = ${row.id} and status = 'selecting'`);
    throw error;
  }
}

/** Takes an estimate, so that no other call goes on with it or starts it. */
async function takeEstimate({ organizationId, actor }: Context, token: string): Promise<BulkActionRow> {
  if (!isId(token)) throw unknownToken();
  const own = sql`a.id = ${token}::uuid and a.organization_id = ${organizationId} and a.created_by_id = ${actor.id}`;
  const { rows } = await pool().query<BulkActionRow>(
    sql`update bulk_action a set status = 'selecting' where ${own} and a.status = 'estimated' and a.expires_at > now()
     returning ${BULK_ACTION_COLUMNS}`,
  );
  if (rows[0]) return rows[0];
  const { rows: known } = await pool().query<BulkActionRow>(
    sql`select ${BULK_ACTION_COLUMNS} from bulk_action a where ${own}`,
  );
  if (!known[0]) throw unknownToken();
  if (known[0].isExpired) throw expired();
  throw known[0].status === 'selecting'
    ? new DomainError('unavailable', 'Another call goes on with this estimate. Wait for its answer.', {
        retryAfterSeconds: 5,
      })
    : new DomainError('already-done', 'This estimate was started. Its bulk action has the same id as the token.');
}

/** What was chosen so far. */
function frozenOf({ matched, estimate }: BulkActionRow): Frozen {
  const known = estimate?.runsAgain ?? [];
  return {
    matched,
    types: new Map(
      known.map(({ type, count, lastMs, costs }) => [
        type,
        { type, count, ms: lastMs, tokens: costs?.tokens ?? null, usd: costs?.usd ?? null },
      ]),
    ),
    searched: estimate?.searched ?? null,
    next: estimate?.next ?? null,
  };
}
