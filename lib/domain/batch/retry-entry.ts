import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { insertEntries } from '@/lib/domain/audit';
import type { Context } from '@/lib/domain/context';

/** Seconds after which a retry that reopened no more rows is taken for one whose process died. */
export const RETRY_SECONDS = 600;
/** Batches of one round of the sweep. */
const MOST = 100;

/** A retry that reopens rows in several transactions: what its audit entry will be. */
interface RetryNote {
  context: Context;
  after: { only: string; count: number; payload?: unknown };
  /** it unsealed the batch, so that it cannot end before the last row is reopened */
  unseals: boolean;
}

/**
 * Stores what a retry has done so far with the rows that it reopened: entries are never changed, and how many it is, is known
 * at the end. If the process dies, the sweep writes the entry from the note.
 */
export async function noteRetry(db: Queryable, batchId: string, retryId: string, note: RetryNote): Promise<void> {
  const { organizationId, actor, credential, origin } = note.context;
  const by = { kind: actor.kind, id: actor.id, name: actor.name };
  const text = stringifyJson({ ...note, context: { organizationId, actor: by, credential, origin } });
  await db.query(
    sql`update batch set reopening = (coalesce(reopening::jsonb, '{}') || jsonb_build_object(
          ${retryId}::text, ${text}::jsonb || jsonb_build_object('at', now())))::json
        where id = ${batchId}`,
  );
}

/**
 * Writes the audit entry of a retry, or of all that were noted, and removes the notes. In the transaction of what ends
 * them.
 * @returns whether one of them had unsealed the batch
 */
export async function writeRetryEntries(db: Queryable, batchId: string, retryId: string | null): Promise<boolean> {
  const { rows } = await db.query<{ notes: string | null }>(
    sql`select reopening::text as notes from batch where id = ${batchId} for update`,
  );
  const notes = Object.entries(parseJson(rows[0]?.notes ?? '{}') as Record<string, RetryNote>);
  const ended = notes.filter(([id]) => retryId === null || id === retryId);
  for (const [, { context, after }] of ended) {
    const target = sql`(select b.id::text as id, b.name from batch b where b.id = ${batchId}) as t`;
    await db.query(insertEntries(context, 'batch.retry', 'batch', target, { after }));
  }
  if (ended.length > 0) {
    const left = Object.fromEntries(notes.filter((note) => !ended.includes(note)));
    const text = Object.keys(left).length > 0 ? stringifyJson(left) : null;
    await db.query(sql`update batch set reopening = ${text}::json where id = ${batchId}`);
  }
  return ended.some(([, { unseals }]) => unseals);
}

/**
 * Writes the entries of retries whose process died, of batches that no deadline seals any more: somebody sealed or cancelled
 * them meanwhile. The others are written when their batch is sealed.
 */
export async function writeAbandonedEntries(): Promise<void> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select b.id from batch b where b.reopening is not null and (b.sealed or b.seals_at is null)
          and not exists (select from json_each(b.reopening) n
            where (n.value ->> 'at')::timestamptz > now() - make_interval(secs => ${RETRY_SECONDS}))
        limit ${MOST}`,
  );
  for (const { id } of rows) await transaction(({ db }) => writeRetryEntries(db, id, null));
}
