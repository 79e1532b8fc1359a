import { MAX_MATCHED } from '@/lib/contracts/bulk-action';
import type { SearchedDto } from '@/lib/contracts/job';
import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import { DomainError } from '@/lib/domain/errors';
import { SHOWN_STATUS } from '@/lib/domain/job/job-row';
import { jobSource } from '@/lib/domain/query/job-source';
import type { SearchScope } from '@/lib/domain/query/scope';
import { type SliceRow, searchBack, withinLimit } from '@/lib/domain/query/search-back';
import { matchesOf, searchPhases } from '@/lib/domain/query/search-jobs';
import type { Query } from '@/lib/query/query';

/** The group of single jobs: they have no batch and no flow. */
export const SINGLE = '00000000-0000-0000-0000-000000000000';
/** Milliseconds of one statement: each is a transaction, so many small ones cost more. */
const SLICE_MS = 1_000;
/** Milliseconds after which a statement is given up, to be repeated with fewer rows. */
const STATEMENT_MS = 15_000;

/** Jobs of a type that will be changed, what they cost until now, and how long their last runs took together. */
export interface TypeCount {
  type: string;
  count: number;
  /** milliseconds; null if none of them has run */
  ms: number | null;
  tokens: number | null;
  usd: number | null;
}

/** What was chosen. */
export interface Frozen {
  matched: number;
  types: Map<string, TypeCount>;
  /** null for a selection by ids */
  searched: SearchedDto | null;
  /** where the search goes on; null if everything was searched */
  next: Place | null;
}

/** How far a search came: its part, and the id before which that goes on. */
export interface Place {
  phase: number;
  at: string | null;
}

/** What was chosen so far, and when the search ends. */
interface Selecting {
  frozen: Frozen;
  until: number;
}

interface FrozenSlice extends SliceRow {
  chosen: number;
  types: TypeCount[] | null;
}

export const nothing = (): Frozen => ({ matched: 0, types: new Map(), searched: null, next: null });

/** Begins a selection, or goes on with one. */
export const begin = (seconds: number, frozen = nothing()): Selecting => ({
  frozen,
  until: performance.now() + seconds * 1000,
});

/**
 * Chooses what a query finds, from the newest back, a statement for each slice, and stores each row as it is now. What
 * was not searched in time is left for another call, which goes on at `next`.
 * @param why an SQL expression over a chosen row `s`: why it is skipped; null if it is changed
 * @throws DomainError `limit-exceeded` if more than a million jobs match, `unavailable`
 */
export async function freezeByQuery(
  actionId: string,
  query: Query,
  scope: SearchScope,
  why: Sql,
  { frozen, until }: Selecting,
): Promise<Frozen> {
  const from = frozen.next ?? { phase: 0, at: null };
  let rows = frozen.searched?.rows ?? 0;
  frozen.next = null;
  for (const [index, phase] of (await searchPhases(query, scope)).entries()) {
    if (index < from.phase) continue;
    const cursor = index === from.phase ? from.at : null;
    if (index > from.phase && performance.now() >= until) {
      frozen.next = { phase: index, at: null };
      break;
    }
    const { searched, nextCursor } = await searchBack({
      cursor: cursor ?? undefined,
      most: Number.POSITIVE_INFINITY,
      exact: true,
      limitMs: Math.max(0, until - performance.now()),
      sliceMs: SLICE_MS,
      read: async (at, size) =>
        add(
          frozen,
          await freezeRows(
            scope.organizationId,
            actionId,
            sql`select j.*, (${matchesOf(query, scope, phase.without)}) as found from (${jobSource(phase.source, scope, at, size)}) as j`,
            why,
          ),
        ),
    });
    rows += searched.rows;
    if (searched.all) continue;
    frozen.next = { phase: index, at: nextCursor };
    break;
  }
  frozen.searched = { all: frozen.next === null, rows };
  return frozen;
}

/** Chooses jobs by their ids, in the same way. Ids that are no job of the organization are left out. */
export async function freezeByIds(
  actionId: string,
  jobIds: readonly string[],
  { organizationId }: SearchScope,
  why: Sql,
): Promise<Frozen> {
  const frozen = nothing();
  const ids = jobIds.filter(isId);
  await freezeAll(frozen, organizationId, actionId, sql`j.id = any(${ids}::uuid[])`, why);
  return frozen;
}

/** Chooses the jobs of an SQL condition on `job j` in one statement. @throws DomainError `unavailable`, `limit-exceeded` */
export async function freezeAll(
  frozen: Frozen,
  organizationId: string,
  actionId: string,
  which: Sql,
  why: Sql,
): Promise<void> {
  const slice = await freezeRows(
    organizationId,
    actionId,
    sql`select j.*, true as found from job j where j.organization_id = ${organizationId} and ${which}`,
    why,
  );
  if (!slice) throw tooSlow();
  add(frozen, slice);
}

function add(frozen: Frozen, slice: FrozenSlice | undefined): FrozenSlice | undefined {
  frozen.matched += slice?.chosen ?? 0;
  if (frozen.matched > MAX_MATCHED) throw tooMany();
  for (const found of slice?.types ?? []) {
    const known = frozen.types.get(found.type);
    frozen.types.set(found.type, {
      type: found.type,
      count: (known?.count ?? 0) + found.count,
      ms: sumOf(known?.ms, found.ms),
      tokens: sumOf(known?.tokens, found.tokens),
      usd: sumOf(known?.usd, found.usd),
    });
  }
  return slice;
}

/** Adds what is known; null if neither is. */
const sumOf = (known: number | null | undefined, found: number | null): number | null =>
  found === null ? (known ?? null) : (known ?? 0) + found;

/** Stores the rows `j` that were found, each with the status and the delivery that it has now. */
const freezeRows = (organizationId: string, actionId: string, found: Sql, why: Sql) =>
  withinLimit(
    organizationId,
    async (db): Promise<FrozenSlice | undefined> => {
      const { rows } = await db.query<FrozenSlice>(
        sql`with slice as materialized (
       select f.id, f.type, f.status, f.outcome, f.batch_id, f.flow_id, f.delivery, f.started_at, f.finished_at, f.discarded_at, f.cost_tokens, f.cost_usd, f.found
       from (${found}) as f
     ), chosen as materialized (
       select s.id, s.type, coalesce(s.batch_id, s.flow_id, ${SINGLE}::uuid) as group_id, s.delivery,
         ${SHOWN_STATUS} as was,
         extract(epoch from s.finished_at - s.started_at)::float8 * 1000 as ms, s.cost_tokens, s.cost_usd, ${why} as why
       from slice s cross join lateral (select s.status) as j left join batch b on b.id = s.batch_id where s.found
     ), frozen as (
       insert into bulk_action_job (bulk_action_id, group_id, job_id, was, delivery, state, why)
       select ${actionId}::uuid, c.group_id, c.id, c.was, c.delivery, case when c.why is not null then 'skipped' end, c.why from chosen c
       on conflict do nothing returning 1
     )
     select (select count(*)::int from slice) as read, (select min(s.id::text) from slice s) as last, null::text[] as found,
       (select count(*)::int from frozen) as chosen,
       (select json_agg(t) from (select c.type, count(*)::int as count, sum(c.ms) as ms,
         sum(c.cost_tokens)::float8 as tokens, sum(c.cost_usd)::float8 as usd from chosen c where c.why is null group by c.type) as t) as types`,
      );
      return rows[0];
    },
    STATEMENT_MS,
  );

/** What was named is chosen as a whole, or not at all. */
export const tooSlow = () =>
  new DomainError('unavailable', 'The jobs could not be read in time. Try again, with fewer of them.');

const tooMany = () =>
  new DomainError(
    'limit-exceeded',
    `More than ${MAX_MATCHED.toLocaleString('en')} jobs match. A bulk action changes no more than that: add a status, a batch or a time to the query.`,
  );
