import { logger } from '@/lib/config/logger';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { whenNotPrefetched } from '@/lib/domain/batch/prefetched';
import { BULK_ACTION_COLUMNS, type BulkActionRow, starterOf } from '@/lib/domain/bulk-action/bulk-action-row';
import { addReason, type ReasonCode } from '@/lib/domain/bulk-action/reasons';
import { DomainError } from '@/lib/domain/errors';
import { changeChunk } from './change-chunk';
import { all, type ChosenJob, type Chunk, groupKind, type Result, type Results } from './chunk';
import { closeGroup, writeSingleEntries } from './close-group';
import { noteTook, sizeOf } from './pace';

/** Milliseconds of one call, so that a supervisor can stop in between. */
const ROUND_MS = 10_000;
/** How often an error may interrupt a chunk before its jobs fail. */
const MAX_TRIES = 8;

/**
 * Carries out bulk actions, a chunk of jobs in each transaction: the jobs are changed, their rows say so, and the counts
 * of the bulk action are those of its rows. Bulk actions take turns. A row lock belongs to who runs one, so another
 * supervisor goes on as soon as a process dies.
 * @returns whether something is left to do at once
 */
export async function runBulkActions(): Promise<boolean> {
  const until = performance.now() + ROUND_MS;
  while (performance.now() < until) if (!(await runNext())) return false;
  return true;
}

/** Runs one chunk of the bulk action that has waited longest. @returns whether there was one */
async function runNext(): Promise<boolean> {
  let action: BulkActionRow | undefined;
  let began = 0;
  try {
    const chunk = await whenNotPrefetched(({ last }) =>
      retrying(() => {
        began = performance.now();
        return transaction(async (tx) => {
          // A second attempt is about the same jobs.
          action = await takeAction(tx.db, action?.id);
          return action && runChunk(tx, action, last);
        });
      }),
    );
    if (chunk && chunk !== 'prefetched') noteTook(chunk, performance.now() - began);
  } catch (error) {
    if (!action) throw error;
    await noteTry(action, error);
  }
  return action !== undefined;
}

/** Takes the action that has been due longest. A stored time is rounded, so it may be half a millisecond late. */
async function takeAction(db: Queryable, id: string | undefined): Promise<BulkActionRow | undefined> {
  const { rows } = await db.query<BulkActionRow>(
    sql`select ${BULK_ACTION_COLUMNS} from bulk_action a
     where a.status = 'running' and a.next_at <= now() + interval '1 millisecond' and (${id ?? null}::uuid is null or a.id = ${id ?? null}::uuid)
       and not exists (select from organization o where o.id = a.organization_id and o.deleting_at is not null)
     order by a.next_at limit 1 for update of a skip locked`,
  );
  return rows[0];
}

async function runChunk(
  tx: Transaction,
  action: BulkActionRow,
  last: boolean,
): Promise<Chunk | 'prefetched' | undefined> {
  const chunk = await readChunk(tx.db, action, last);
  const results = chunk ? await changeOrFail(tx, chunk) : new Map<string, Result>();
  if (results === 'prefetched') return 'prefetched';
  if (results === 'more') {
    // Others get their turn in between.
    await tx.db.query(sql`update bulk_action set next_at = clock_timestamp(), tries = 0 where id = ${action.id}`);
    return undefined;
  }
  await storeResults(tx, action, chunk, results);
  return chunk;
}

/** Returns the next jobs of a bulk action, all of one batch or flow; undefined if none is left. */
async function readChunk(db: Queryable, action: BulkActionRow, last: boolean): Promise<Chunk | undefined> {
  const { atGroup, atJob } = action;
  const after = sql`(${atGroup}::uuid is null or (k.group_id, k.job_id) > (${atGroup}::uuid, ${atJob}::uuid))`;
  const { rows: groups } = await db.query<{ id: string }>(
    sql`select k.group_id as id from bulk_action_job k where k.bulk_action_id = ${action.id} and k.state is null and ${after}
     order by k.group_id, k.job_id limit 1`,
  );
  const groupId = groups[0]?.id;
  if (groupId === undefined) return undefined;
  const kind = await groupKind(db, action, groupId);
  const size = sizeOf(action, kind);
  const { rows } = await db.query<ChosenJob>(
    sql`select k.job_id as id, k.delivery from bulk_action_job k
     where k.bulk_action_id = ${action.id} and k.group_id = ${groupId}::uuid and k.state is null and ${after}
     order by k.group_id, k.job_id limit ${size + 1}`,
  );
  const context = starterOf(action);
  const more = rows.length > size;
  return { context, action, kind, groupId, jobs: rows.slice(0, size), more, closePrefetched: last };
}

const REFUSALS: Partial<Record<DomainError['code'], ReasonCode>> = {
  'not-retryable': 'being-cancelled',
  'unique-key-in-use': 'unique-key-in-use',
  'not-found': 'gone',
};

/** What a batch or flow refuses fails for all jobs of the chunk, and the bulk action goes on. */
async function changeOrFail(tx: Transaction, chunk: Chunk): Promise<Results | 'prefetched' | 'more'> {
  if (chunk.action.tries >= MAX_TRIES) return all(chunk.jobs, { state: 'failed', why: 'interrupted' });
  await tx.db.query(sql`savepoint chunk`);
  try {
    return await changeChunk(tx, chunk);
  } catch (error) {
    const why = error instanceof DomainError ? REFUSALS[error.code] : undefined;
    if (!why) throw error;
    await tx.db.query(sql`rollback to savepoint chunk`);
    return all(chunk.jobs, { state: 'failed', why });
  }
}

async function storeResults(
  tx: Transaction,
  action: BulkActionRow,
  chunk: Chunk | undefined,
  results: Results,
): Promise<void> {
  const { reasons } = action;
  const counts = { done: 0, failed: 0, skipped: 0 };
  for (const [id, { state, why }] of results) {
    counts[state] += 1;
    if (why) addReason(reasons, `${state}:${why}`, id);
  }
  let inGroup = action.inGroup + counts.done;
  if (chunk) {
    const { context, kind, groupId, more } = chunk;
    await storeStates(tx.db, chunk, results);
    if (kind === 'single') {
      const done = [...results].filter(([, { state }]) => state === 'done').map(([id]) => id);
      await writeSingleEntries(tx, context, action, done);
    }
    if (!more) {
      await closeGroup(tx, context, action, { kind, groupId, count: inGroup });
      inGroup = 0;
      action.unsealed = null;
    }
  }
  const waiting =
    action.matched - action.done - action.failed - action.skipped - counts.done - counts.failed - counts.skipped;
  const hasEnded = waiting === 0 || !chunk;
  const at = chunk && must(chunk.jobs.at(-1), 'The last job of a chunk').id;
  // Skipped jobs cost no time under the rate.
  const paced = action.ratePerMinute === null ? 0 : (counts.done + counts.failed) * (60 / action.ratePerMinute);
  await tx.db.query(
    sql`update bulk_action set done = done + ${counts.done}::int, failed = failed + ${counts.failed}::int, skipped = skipped + ${counts.skipped}::int,
       reasons = ${stringifyJson(reasons)}::json, at_group = coalesce(${chunk?.groupId ?? null}::uuid, at_group),
       at_job = coalesce(${at ?? null}::uuid, at_job), in_group = ${inGroup}::int, unsealed = ${action.unsealed}::uuid, tries = 0,
       status = case when ${hasEnded} then 'completed' else status end,
       finished_at = case when ${hasEnded} then clock_timestamp() end,
       next_at = case when ${hasEnded} then null when ${paced}::float8 = 0 then clock_timestamp()
         else greatest(next_at, clock_timestamp() - interval '1 second') + make_interval(secs => ${paced}::float8) end
     where id = ${action.id}`,
  );
  if (hasEnded) {
    logger.info({ bulkActionId: action.id, action: action.action }, 'A bulk action has dealt with all of its jobs.');
  }
}

async function storeStates(db: Queryable, { action, groupId }: Chunk, results: Results): Promise<void> {
  const [ids, values] = [[...results.keys()], [...results.values()]];
  await db.query(
    sql`update bulk_action_job k set state = r.state, why = r.why, detail = r.detail
     from unnest(${ids}::uuid[], ${values.map(({ state }) => state)}::text[], ${values.map(({ why }) => why ?? null)}::text[],
       ${values.map(({ detail }) => detail ?? null)}::text[]) as r (id, state, why, detail)
     where k.bulk_action_id = ${action.id} and k.group_id = ${groupId}::uuid and k.job_id = r.id`,
  );
}

/** An error interrupted a chunk: nothing of it was changed. It is tried again, later each time. */
async function noteTry(action: BulkActionRow, error: unknown): Promise<void> {
  await pool().query(
    sql`update bulk_action set tries = tries + 1, next_at = now() + make_interval(secs => least(30, power(2, tries) / 4)::float8)
     where id = ${action.id} and status = 'running'`,
  );
  logger.warn(
    { err: error, bulkActionId: action.id, tries: action.tries + 1 },
    'A part of a bulk action was interrupted, and nothing of it was changed. It is tried again.',
  );
}
