import type {
  BulkActionDto,
  BulkActionEstimate,
  BulkActionOf,
  BulkActionStatus,
  BulkActionVerb,
} from '@/lib/contracts/bulk-action';
import { must } from '@/lib/contracts/must';
import type { TagChange } from '@/lib/contracts/tag-change';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { queryAt } from '@/lib/domain/query/scope';
import { type Door, openDoor } from '@/lib/domain/redaction/door';
import type { Place } from './freeze-selection';
import { type Reasons, reasonsOf } from './reasons';

/** What an estimate found, as its row keeps it. */
export type StoredEstimate = Pick<
  BulkActionEstimate,
  'byStatus' | 'byBatch' | 'batches' | 'moreBatches' | 'inFlows' | 'single' | 'searched' | 'missing' | 'runsAgain'
> & {
  of?: BulkActionOf;
  /** where its search goes on */
  next?: Place | null;
};

interface StartedBy extends Pick<Context, 'credential' | 'origin'> {
  actor: { kind: string; id: string; name: string };
}

export interface BulkActionRow {
  id: string;
  organizationId: string;
  action: BulkActionVerb;
  status: BulkActionStatus | 'selecting' | 'estimated';
  query: string | null;
  set: Record<string, string> | null;
  tags: TagChange | null;
  ratePerMinute: number | null;
  note: string | null;
  matched: number;
  done: number;
  failed: number;
  skipped: number;
  reasons: Reasons;
  estimate: StoredEstimate | null;
  inGroup: number;
  atGroup: string | null;
  atJob: string | null;
  unsealed: string | null;
  tries: number;
  /** null for an estimate */
  startedBy: StartedBy | null;
  createdBy: string;
  createdById: string;
  createdAt: Date;
  expiresAt: Date | null;
  isExpired: boolean;
  finishedAt: Date | null;
  abortedBy: string | null;
  /** seconds since it was started, until its end */
  seconds: number;
}

export const BULK_ACTION_COLUMNS = sql`a.id, a.organization_id as "organizationId", a.action, a.status, a.query, a.set, a.tags,
  a.rate_per_minute as "ratePerMinute", a.note, a.matched, a.done, a.failed, a.skipped, a.reasons, a.estimate,
  a.in_group as "inGroup", a.at_group as "atGroup", a.at_job as "atJob", a.unsealed, a.tries, a.started_by as "startedBy", a.created_by as "createdBy",
  a.created_by_id as "createdById", a.created_at as "createdAt", a.expires_at as "expiresAt",
  coalesce(a.expires_at < now(), false) as "isExpired", a.finished_at as "finishedAt", a.aborted_by as "abortedBy",
  extract(epoch from coalesce(a.finished_at, now()) - a.created_at)::float8 as seconds`;

/** What a bulk action is about. Estimates of earlier versions do not say it. */
export const ofAction = ({ estimate }: Pick<BulkActionRow, 'estimate'>): BulkActionOf => estimate?.of ?? 'jobs';

/** Jobs that are changed in a second where no rate is set, as far as nobody has measured it yet. */
const CHANGED_PER_SECOND = 4000;

/** Returns about how many seconds it takes to change so many jobs. */
export const secondsFor = (jobs: number, ratePerMinute: number | null, perSecond = CHANGED_PER_SECOND): number =>
  Math.ceil(jobs / Math.min(perSecond, ratePerMinute === null ? Number.POSITIVE_INFINITY : ratePerMinute / 60));

function etaOf({ status, matched, done, failed, skipped, ratePerMinute, seconds, estimate }: BulkActionRow) {
  if (status !== 'running') return null;
  const changed = done + failed;
  const measured = changed > 0 && seconds > 1 ? changed / seconds : undefined;
  const waiting = matched - changed - skipped;
  return waiting === 0 || !estimate ? 0 : secondsFor(waiting, ratePerMinute, measured);
}

const NOTHING: StoredEstimate = {
  byStatus: {},
  byBatch: {},
  batches: [],
  moreBatches: 0,
  inFlows: 0,
  single: 0,
  searched: null,
  missing: 0,
  runsAgain: [],
};

/** Converts the row of a bulk action that was started. */
export function toBulkActionDto(row: BulkActionRow, context: Context, door: Door): BulkActionDto {
  const { matched, done, failed, skipped, status } = row;
  const { byStatus, byBatch, batches, moreBatches, inFlows, single, searched } = row.estimate ?? NOTHING;
  return {
    id: row.id,
    action: row.action,
    query: row.query && queryAt(door, row.query, 'jobs'),
    // Expressions may contain parts of inputs.
    set: door.level === 'full' ? row.set : null,
    tags: door.showsTags ? row.tags : null,
    ratePerMinute: row.ratePerMinute,
    note: row.note && door.label(row.note),
    status: status === 'completed' || status === 'aborted' ? status : 'running',
    matched,
    of: ofAction(row),
    byStatus,
    byBatch,
    batches: withNames(batches, door),
    moreBatches,
    inFlows,
    single,
    searched,
    done,
    failed,
    skipped,
    waiting: matched - done - failed - skipped,
    skippedWhy: reasonsOf(row.reasons, 'skipped'),
    failedWhy: reasonsOf(row.reasons, 'failed'),
    etaSeconds: etaOf(row),
    by: row.createdBy,
    byId: row.createdById,
    own: row.createdById === context.actor.id,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    abortedBy: row.abortedBy,
  };
}

/** Returns the context of who started a bulk action: what it does is recorded as theirs. */
export function starterOf({ organizationId, startedBy }: BulkActionRow): Context {
  const { actor, credential, origin } = must(startedBy, 'Who started a bulk action');
  const kind = actor.kind === 'key' ? 'key' : 'user';
  const { id, name } = actor;
  return {
    organizationId,
    actor: { kind, id, name, role: 'operator', seesPayloads: true, systemAdmin: false },
    ...(credential ? { credential } : {}),
    ...(origin ? { origin } : {}),
  };
}

/** Returns batches with the names that the caller sees. */
export const withNames = (batches: StoredEstimate['batches'], door: Door): StoredEstimate['batches'] =>
  batches.map((batch) => ({ ...batch, name: door.label(batch.name) }));

/** SQL condition on `bulk_action a`: it was started. An estimate is seen by nobody but whoever asked for it. */
export const STARTED = sql`a.status in ('running', 'completed', 'aborted')`;

/**
 * Reads a bulk action that was started.
 * @param lock `for update` in the transaction that changes it
 * @throws DomainError `not-found`
 */
export async function findBulkAction(
  db: Queryable,
  { organizationId }: Context,
  id: string,
  lock: Sql = sql``,
): Promise<BulkActionRow> {
  const { rows } = isId(id)
    ? await db.query<BulkActionRow>(
        sql`select ${BULK_ACTION_COLUMNS} from bulk_action a where a.id = ${id}::uuid and a.organization_id = ${organizationId} and ${STARTED} ${lock}`,
      )
    : { rows: [] };
  if (!rows[0]) throw notFound('bulk action', id);
  return rows[0];
}

export const loadBulkAction = async (context: Context, id: string): Promise<BulkActionDto> =>
  toBulkActionDto(await findBulkAction(pool(), context, id), context, await openDoor(context));
