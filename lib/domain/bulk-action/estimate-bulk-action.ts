import {
  type BulkActionEstimate,
  type BulkActionOf,
  type BulkActionVerb,
  ESTIMATE_MINUTES,
  type EstimateRequest,
  MAX_LISTED_BATCHES,
  MAX_MATCHED,
  SEARCH_SECONDS,
} from '@/lib/contracts/bulk-action';
import { costsOf } from '@/lib/contracts/costs';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import type { JobStatus } from '@/lib/contracts/status';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { readExpressions } from '@/lib/domain/batch/corrections/expressions';
import { type Context, may, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openScope, requireQuery } from '@/lib/domain/query/scope';
import { openDoor } from '@/lib/domain/redaction/door';
import { definitionOf, isJobType } from '@/lib/job-types/catalogue';
import { type StoredEstimate, secondsFor, withNames } from './bulk-action-row';
import { freezeDeleted, freezeJobsOf, freezeTagged, type Groups } from './freeze-groups';
import { begin, type Frozen, freezeByIds, freezeByQuery, SINGLE } from './freeze-selection';
import { previewEdit, readSamples } from './read-samples';
import { addReason, type Reasons, reasonsOf, reasonToSkip } from './reasons';
import { requireAction } from './require-action';

/** Estimates of an organization that can still be started: each keeps its selection. */
const MAX_OPEN = 100;
/** Jobs that they have chosen together. */
const MAX_CHOSEN = 5 * MAX_MATCHED;

/**
 * Chooses the jobs of a bulk action and says what it would do with them. It changes no job: the token starts it, with
 * exactly these jobs as they are now.
 * @throws DomainError `forbidden`, `invalid-query`, `invalid-request` for an expression that can't be read,
 *   `limit-exceeded` for more than a million jobs, `too-many-requests`, `unavailable`
 */
export async function estimateBulkAction(context: Context, request: EstimateRequest): Promise<BulkActionEstimate> {
  requirePermission(context, 'bulk-action.create', 'change many jobs at once');
  const { action, query: text, jobIds = [], set, tags, ratePerMinute = null, note = null } = request;
  const { waitSeconds = SEARCH_SECONDS.usual } = request;
  const groups = groupsOf(request);
  const of: BulkActionOf = groups && (action === 'delete' || action === 'tag') ? groups.of : 'jobs';
  await requireAction(context, action, of);
  const expressions = set ? readExpressions(set) : [];
  const query = text === undefined ? { terms: [] } : requireQuery(text, 'jobs');
  const scope = await openScope(context, query, 'jobs');
  const id = await openEstimate(context, { action, query: text ?? null, set, tags, ratePerMinute, note });
  const ownOnly = !may(context, 'job.change-external');
  const freeze = (): Promise<Frozen> => {
    if (groups) {
      if (action === 'delete') return freezeDeleted(id, groups, scope);
      if (action === 'tag') return freezeTagged(id, groups.ids, scope, must(tags, 'The tags of a change'));
      return freezeJobsOf(id, action, groups, scope, ownOnly);
    }
    const why = reasonToSkip(action, ownOnly, tags);
    return text === undefined
      ? freezeByIds(id, jobIds, scope, why)
      : freezeByQuery(id, query, scope, why, begin(waitSeconds));
  };
  const frozen = await freeze().catch((error) => dropEstimate(id, error));
  const given = new Set((of === 'jobs' ? jobIds : (groups?.ids ?? [])).map((each) => each.toLowerCase())).size;
  const missing = given === 0 ? 0 : given - frozen.matched;
  return concludeEstimate(context, { id, action, of, missing, ratePerMinute, expressions }, frozen);
}

interface Concluded {
  id: string;
  action: BulkActionVerb;
  of: BulkActionOf;
  missing: number;
  ratePerMinute: number | null;
  expressions: ReturnType<typeof readExpressions>;
}

/** Stores what an estimate has found, and returns it. The numbers are those of the stored rows. */
export async function concludeEstimate(
  context: Context,
  { id, action, of, missing, ratePerMinute, expressions }: Concluded,
  frozen: Frozen,
): Promise<BulkActionEstimate> {
  const found = {
    of,
    ...(await describe(id)),
    searched: frozen.searched,
    missing,
    runsAgain: runsAgain(action, frozen),
  };
  const stored: StoredEstimate = { ...found, next: frozen.next };
  const matched = Object.values(found.byStatus).reduce((sum, count) => sum + count, 0);
  const reasons = await readReasons(id);
  const skips = reasonsOf(reasons, 'skipped').reduce((sum, { count }) => sum + count, 0);
  const changes = matched - skips;
  const { rows } = await pool().query<{ expiresAt: Date | null }>(
    sql`update bulk_action set status = 'estimated', matched = ${matched}, skipped = ${skips}, reasons = ${stringifyJson(reasons)}::json,
       estimate = ${stringifyJson(stored)}::json, expires_at = now() + make_interval(mins => ${ESTIMATE_MINUTES})
     where id = ${id} returning expires_at as "expiresAt"`,
  );
  return {
    token: id,
    action,
    matched,
    ...found,
    batches: withNames(found.batches, await openDoor(context)),
    changes,
    willSkip: reasonsOf(reasons, 'skipped'),
    seconds: secondsFor(changes, ratePerMinute),
    samples: await readSamples(context, id),
    preview: action === 'edit' ? await previewEdit(context, id, expressions) : [],
    expiresAt: must(rows[0]?.expiresAt, 'The end of an estimate').toISOString(),
  };
}

/** Returns the batches or flows that a request names. */
const groupsOf = ({ batchIds, flowIds }: EstimateRequest): Groups | null =>
  batchIds ? { of: 'batches', ids: batchIds } : flowIds ? { of: 'flows', ids: flowIds } : null;

interface Asked extends Pick<EstimateRequest, 'action' | 'set' | 'tags'> {
  query: string | null;
  ratePerMinute: number | null;
  note: string | null;
}

/** @throws DomainError `too-many-requests` while the organization has too many estimates that nobody started */
async function openEstimate({ organizationId, actor }: Context, asked: Asked): Promise<string> {
  const { action, query, set, tags, ratePerMinute, note } = asked;
  const id = newId();
  const { rowCount } = await pool().query(
    sql`insert into bulk_action (id, organization_id, action, query, set, tags, rate_per_minute, note, created_by, created_by_id, expires_at)
     select ${id}::uuid, ${organizationId}, ${action}, ${query}, ${set ? stringifyJson(set) : null}::json, ${tags ? stringifyJson(tags) : null}::json, ${ratePerMinute}::int, ${note},
       ${actor.name}, ${actor.id}, now() + make_interval(mins => ${ESTIMATE_MINUTES})
     from (select count(*) as open, coalesce(sum(matched), 0) as chosen from bulk_action
       where organization_id = ${organizationId} and status in ('selecting', 'estimated') and expires_at > now()) e
     where e.open < ${MAX_OPEN} and e.chosen < ${MAX_CHOSEN}`,
  );
  if (rowCount) return id;
  throw new DomainError(
    'too-many-requests',
    `The organization has too many estimates that nobody has started. They expire after ${ESTIMATE_MINUTES} minutes.`,
    { retryAfterSeconds: 60 },
  );
}

/** What was chosen so far is deleted with the next round of retention. */
export async function dropEstimate(id: string, error: unknown): Promise<never> {
  await pool().query(sql`update bulk_action set expires_at = now() where id = ${id}`);
  throw error;
}

async function describe(
  id: string,
): Promise<Omit<StoredEstimate, 'of' | 'searched' | 'missing' | 'runsAgain' | 'next'>> {
  const statuses = await pool().query<{ was: JobStatus; count: number }>(
    sql`select k.was, count(*)::int as count from bulk_action_job k where k.bulk_action_id = ${id} group by k.was order by 2 desc`,
  );
  const { rows: groups } = await pool().query<{
    id: string;
    name: string | null;
    type: string | null;
    isFlow: boolean;
    count: number;
  }>(
    sql`select g.group_id as id, b.name, b.type, b.id is null and g.group_id <> ${SINGLE}::uuid as "isFlow", g.count
     from (select k.group_id, count(*)::int as count from bulk_action_job k where k.bulk_action_id = ${id} group by 1) g
     left join batch b on b.id = g.group_id order by g.count desc, g.group_id`,
  );
  const batches = groups.flatMap(({ id: batchId, name, type, count }) =>
    name === null || type === null ? [] : [{ id: batchId, name, type, count }],
  );
  const listed = batches.slice(0, MAX_LISTED_BATCHES);
  return {
    byStatus: Object.fromEntries(statuses.rows.map(({ was, count }) => [was, count])),
    byBatch: Object.fromEntries(listed.map((batch) => [batch.id, batch.count])),
    batches: listed,
    moreBatches: batches.length - listed.length,
    inFlows: groups.filter(({ isFlow }) => isFlow).reduce((sum, { count }) => sum + count, 0),
    single: groups.find((group) => group.id === SINGLE)?.count ?? 0,
  };
}

async function readReasons(id: string): Promise<Reasons> {
  const { rows } = await pool().query<{ why: string | null; count: number; sample: string }>(
    sql`select k.why, count(*)::int as count, min(k.job_id::text) as sample from bulk_action_job k
     where k.bulk_action_id = ${id} and k.state = 'skipped' group by k.why`,
  );
  const reasons: Reasons = {};
  for (const { why, count, sample } of rows) if (why) addReason(reasons, `skipped:${why}`, sample, count);
  return reasons;
}

/** What people should know before jobs of a type run again. */
const OUTSIDE: Partial<Record<string, string>> = {
  'bulk-operation': 'Their HTTP calls are made again.',
  callback: 'Their addresses are called again.',
  'document-processing': 'Their texts are embedded again, which an endpoint may charge for.',
  'fine-tuning': 'Their fine-tunings start again, which an endpoint may charge for.',
  'workflow-execution': 'Their steps run again, with the jobs that they launch.',
  external: 'The program of another client runs them again.',
};

function runsAgain(action: BulkActionVerb, { types }: Frozen): StoredEstimate['runsAgain'] {
  if (action !== 'retry' && action !== 'edit') return [];
  return [...types.values()]
    .toSorted((a, b) => b.count - a.count)
    .map(({ type, count, ms, tokens, usd }) => ({
      type,
      title: isJobType(type) ? definitionOf(type).title : type,
      count,
      lastMs: ms === null ? null : Math.round(ms),
      costs: costsOf(tokens, usd),
      note: OUTSIDE[type] ?? null,
    }));
}
