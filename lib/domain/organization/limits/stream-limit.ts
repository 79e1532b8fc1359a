import { randomUUID } from 'node:crypto';
import { perProcess } from '@/lib/config/per-process';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { limitReached, rulesOf } from './limits-of';

const STREAMS_LOCK = 7_406;
/** A web process that has not confirmed its streams for this time counts as gone, in seconds. */
const GONE_SECONDS = 15;
const RETRY_AFTER_SECONDS = 10;

const processId = perProcess('stream-process', () => randomUUID());

/** SQL for the open event streams of an organization, over all web processes. They are counted if a limit is set. */
export const openStreamsOf = (organizationId: string): Sql => sql`
  (select coalesce(sum(open), 0)::int from open_stream
   where organization_id = ${organizationId} and seen_at > now() - make_interval(secs => ${GONE_SECONDS}))`;

/** The event streams that this process has open for an organization. */
export interface OpenStreams {
  /** returns how many are open */
  count(): number;
  /** adds the new one; may refuse it */
  add(): void;
}

/**
 * Adds an event stream to those that the organization may have open. It is counted and added under one lock, so the limit
 * holds for streams that are opened at the same time too.
 * @throws DomainError `limit-reached`, and what `add` throws
 */
export async function takeStream({ organizationId }: Context, streams: OpenStreams): Promise<void> {
  const allowed = (await rulesOf(organizationId)).limits.streams;
  if (allowed === null) {
    streams.add();
    return;
  }
  await transaction(async ({ db }) => {
    await db.query(sql`select pg_advisory_xact_lock(${STREAMS_LOCK}, hashtext(${organizationId}))`);
    await db.query(store([organizationId], [streams.count() + 1]));
    const { rows } = await db.query<{ open: number }>(sql`select ${openStreamsOf(organizationId)} as open`);
    if (must(rows[0], 'The count of event streams').open > allowed) {
      throw limitReached('streams', allowed, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        advice: 'Close some, or share one: a stream may name many batches.',
      });
    }
    streams.add();
  });
}

/**
 * Writes how many streams this process has open, for the organizations with a limit. Nothing is written for others.
 * @param count returns the number of open streams of an organization
 */
export async function confirmStreams(organizationIds: Iterable<string>, count: (id: string) => number): Promise<void> {
  const limited: string[] = [];
  for (const id of organizationIds) if ((await rulesOf(id)).limits.streams !== null) limited.push(id);
  if (limited.length === 0) return;
  await transaction(async ({ db }) => {
    // Counted under the locks, so that an older count never replaces a newer one. Sorted, so that nobody waits in a circle.
    await db.query(
      sql`select pg_advisory_xact_lock(${STREAMS_LOCK}, place) from
          (select distinct hashtext(id) as place from unnest(${limited}::text[]) as given (id) order by 1) as sorted`,
    );
    await db.query(store(limited, limited.map(count)));
  });
  await pool().query(sql`delete from open_stream where seen_at < now() - interval '1 hour'`);
}

const store = (organizations: string[], open: number[]): Sql => sql`
  insert into open_stream (process_id, organization_id, open, seen_at)
  select ${processId.get()}, organization_id, open, now()
  from unnest(${organizations}::text[], ${open}::int[]) as given (organization_id, open)
  on conflict (process_id, organization_id) do update set open = excluded.open, seen_at = excluded.seen_at`;
