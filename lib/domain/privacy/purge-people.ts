import { logger } from '@/lib/config/logger';
import { DELETED_PERSON } from '@/lib/contracts/person';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { insertEntries } from '@/lib/domain/audit';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { sweepFiles } from '@/lib/domain/file/sweep-files';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { deleteEndedJobs } from '@/lib/domain/retention/expire';
import { anonymizeRows } from './anonymize-rows';
import { addCount, CHUNK, type GonePerson } from './gone-person';

/** People of one round, so that one whose rows are locked does not stop the others. */
const MOST_PEOPLE = 5;
/** A request that had begun may still write rows with the name of the person. */
const SETTLE_SECONDS = 10;
/** Audit entries that one statement reads. */
const ENTRIES = 5000;

/**
 * Continues the deletion of people whose accounts were deleted: their exports and invitations go, their names in what they
 * made are replaced, and last they are erased from the audit log. An entry of no organization records how much it was, and
 * who requested it.
 * @returns the ids of users who are gone now
 */
export async function purgePeople(): Promise<string[]> {
  const { rows } = await pool().query<{ user_id: string }>(
    sql`select user_id from person_deletion where requested_at < now() - make_interval(secs => ${SETTLE_SECONDS})
        order by requested_at limit ${MOST_PEOPLE}`,
  );
  const gone: string[] = [];
  for (const { user_id: userId } of rows) {
    const person = await collect(userId);
    if (!person || (await isActing(person))) continue;
    await deleteInvitations(person);
    const steps = [await deleteExports(person), await anonymizeRows(person)];
    if (!steps.every(Boolean)) continue;
    await eraseEntries(person);
    if (await finish(person)) gone.push(userId);
  }
  return gone;
}

/** Completes once, from the audit log, where the person was known and by which names: afterwards it says so no more. */
async function collect(userId: string): Promise<GonePerson | undefined> {
  await pool().query(
    sql`update person_deletion d set collected_at = now(),
          organization_ids = array(select unnest(d.organization_ids) union select o.id from organization o
            where exists (select from audit a where a.organization_id = o.id and a.actor_id = d.user_id)),
          names = array(select unnest(d.names) union select a.actor from organization o
            join audit a on a.organization_id = o.id and a.actor_id = d.user_id
            union select a.actor from audit a where a.organization_id is null and a.actor_id = d.user_id)
        where d.user_id = ${userId} and d.collected_at is null`,
  );
  const { rows } = await pool().query<GonePerson>(
    sql`select user_id, alias, coalesce(names, '{}') as names, coalesce(organization_ids, '{}') as organization_ids
        from person_deletion where user_id = ${userId}`,
  );
  return rows[0];
}

/** A launch of a table, and a retry of many rows, hold the name until they have ended. */
async function isActing({ user_id: userId, organization_ids: ids }: GonePerson): Promise<boolean> {
  const { rowCount } = await pool().query(
    sql`select from import where organization_id = any(${ids}::text[]) and launch #>> '{actor,id}' = ${userId}
        union all select from batch where organization_id = any(${ids}::text[]) and strpos(reopening::text, ${userId}) > 0
        limit 1`,
  );
  return (rowCount ?? 0) > 0;
}

const deleteInvitations = (person: GonePerson): Promise<void> =>
  transaction(async ({ db }) => {
    const { rowCount } = await db.query(
      sql`delete from invitation i where i.organization_id = any(${person.organization_ids}::text[])
            and i.invited_by = any(${person.names}::text[]) and not exists (select from audit a
              where a.organization_id = i.organization_id and a.target_id = i.id::text and a.action = 'invitation.create'
                and a.actor_id <> ${person.user_id})`,
    );
    await addCount(db, person, 'invitations', rowCount ?? 0);
  });

/** @returns false while one is written, or while the storage keeps a file */
async function deleteExports(person: GonePerson): Promise<boolean> {
  const { user_id: userId } = person;
  const { rows } = await pool().query<{ id: string; organization_id: string; is_open: boolean }>(
    sql`select j.id, j.organization_id, j.outcome is null as is_open from organization o
        join job j on j.organization_id = o.id and j.type = 'export' and j.data ->> 'for' = ${userId} limit ${CHUNK}`,
  );
  for (const { id, organization_id: organizationId, is_open: isOpen } of rows)
    if (isOpen) await cancel(organizationId, id);
  await transaction(async ({ db }) => {
    const ended = rows.filter((row) => !row.is_open).map(({ id }) => id);
    await addCount(db, person, 'exports', await deleteEndedJobs(db, sql`select unnest(${ended}::uuid[]) as id`));
    await db.query(
      sql`update file set hidden_at = '-infinity' where only_for = ${userId} and hidden_at is distinct from '-infinity'`,
    );
  });
  await sweepFiles();
  const { rowCount } = await pool().query(sql`select from file where only_for = ${userId} limit 1`);
  return !rowCount && rows.every((row) => !row.is_open) && rows.length < CHUNK;
}

async function cancel(organizationId: string, jobId: string): Promise<void> {
  try {
    await cancelJob(systemContext(organizationId), jobId, { force: true });
  } catch (error) {
    // It ended meanwhile.
    if (!(error instanceof DomainError && error.code === 'already-finished')) throw error;
  }
}

/** The product's role can't change entries: a function of the database erases a person whose account is gone. */
async function eraseEntries(person: GonePerson): Promise<void> {
  let after: number | null = 0;
  while (after !== null) {
    const from: number = after;
    after = await transaction(async ({ db }) => {
      const { rows } = await db.query<{ last: number | null; erased: number | null }>(
        sql`select e.last, e.erased from audit_erase(${person.user_id}, ${from}::bigint, ${ENTRIES}) e`,
      );
      await addCount(db, person, 'auditEntries', rows[0]?.erased ?? 0);
      return rows[0]?.last ?? null;
    });
  }
}

/** Deletes the last row that names the person. */
async function finish({ user_id: userId, alias }: GonePerson): Promise<boolean> {
  const isGone = await transaction(async ({ db }) => {
    const { rows } = await db.query<{ counts: Record<string, number> }>(
      sql`delete from person_deletion where user_id = ${userId} returning counts`,
    );
    if (!rows[0]) return false;
    const by = { ...systemContext(''), organizationId: null };
    const target = sql`(values (${alias}::text, ${DELETED_PERSON}::text)) as t (id, name)`;
    const after = { removed: rows[0].counts, requestedBy: await findRequester(db, alias) };
    await db.query(insertEntries(by, 'user.purge', 'user', target, { after }));
    return true;
  });
  if (isGone) logger.info({ alias }, 'A person was deleted with everything that named them.');
  return isGone;
}

/** Who requested the deletion, as its audit entry recorded it. */
async function findRequester(db: Queryable, alias: string): Promise<unknown> {
  const { rows } = await db.query<{ kind: string; id: string | null; name: string }>(
    sql`select actor_kind as kind, actor_id as id, actor as name from audit
        where organization_id is null and target_id = ${alias} and action = 'user.delete' limit 1`,
  );
  return rows[0];
}
