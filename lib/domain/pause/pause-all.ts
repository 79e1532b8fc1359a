import { must } from '@/lib/contracts/must';
import type { PauseAllAnswer, PauseAllBody } from '@/lib/contracts/steering';
import { retrying } from '@/lib/db/retrying';
import { type Sql, sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { prefetchSettled } from '@/lib/domain/batch/prefetched';
import { HOLDS_SLOT, lockSlots } from '@/lib/domain/capacity/slots';
import { type Context, requirePermission } from '@/lib/domain/context';
import { publish, publishChanges } from '@/lib/events/relay';
import { EVERYWHERE, isPaused } from './paused';

/**
 * Pauses everything of the organization, or of all of them: batches, single jobs, flows and what schedules launch.
 * Launches are accepted and wait, and what runs ends. Batches free their slots. Idempotent.
 * @throws DomainError `forbidden`
 */
export async function pauseAll(context: Context, { everywhere }: PauseAllBody): Promise<PauseAllAnswer> {
  requirePermission(context, 'organization.pause');
  if (everywhere) requirePermission(context, 'system.pause');
  const scope = everywhere ? EVERYWHERE : context.organizationId;
  const { answer, freed } = await retrying(() =>
    transaction(async (tx) => {
      const { db } = tx;
      // Whoever takes a slot holds this lock, so nobody takes one after the commit.
      await lockSlots(db);
      const { rowCount: isNew } = await db.query(
        sql`insert into work_pause (scope, paused_by) values (${scope}, ${context.actor.id})
         on conflict (scope) do update set paused_at = now(), paused_by = excluded.paused_by, resumed_at = null, delivered_to = null
           where work_pause.resumed_at is not null`,
      );
      const { rows: batches } = isNew ? await freeSlots(db, scope) : { rows: [] };
      const ids = batches.map((batch) => batch.id);
      const now = await answerOf(db, context, scope);
      if (isNew) {
        await auditAs(db, context, 'pause', { scope, batches: now.batches });
        tx.afterCommit(() =>
          Promise.all([publish('control', { startQueued: true }), publishChanges({ batches: ids, capacity: true })]),
        );
      }
      return { answer: now, freed: ids };
    }),
  );
  await Promise.all(freed.map(prefetchSettled));
  return answer;
}

/**
 * Resumes everything that `pauseAll` paused. Batches get their slots back, in their order, and what was refused meanwhile is
 * delivered again. A batch that was paused by itself stays paused. Idempotent.
 * @throws DomainError `forbidden`
 */
export async function resumeAll(context: Context, { everywhere }: PauseAllBody): Promise<PauseAllAnswer> {
  requirePermission(context, 'organization.pause');
  if (everywhere) requirePermission(context, 'system.pause');
  const scope = everywhere ? EVERYWHERE : context.organizationId;
  return retrying(() =>
    transaction(async (tx) => {
      const { db } = tx;
      await lockSlots(db);
      const { rowCount: resumed } = await db.query(
        sql`update work_pause set resumed_at = now(), delivered_to = null where scope = ${scope} and resumed_at is null`,
      );
      const answer = await answerOf(db, context, scope);
      if (!resumed) return answer;
      // The minutes of a budget do not pass during a pause. Those of a batch that is paused too are added by its own resume.
      await db.query(
        sql`update batch b set budget_until = b.budget_until + (now() - p.paused_at) from work_pause p
         where p.scope = ${scope} and b.budget_until is not null and b.finished_at is null and not b.paused and ${within(scope)}`,
      );
      // The children that need no slot: those of the others are delivered again when their batch gets a slot.
      await db.query(
        sql`update batch_dispatch d set recall = true from batch b
         where d.batch_id = b.id and d.loose and b.finished_at is null and ${within(scope)}`,
      );
      await auditAs(db, context, 'resume', { scope, batches: answer.batches });
      tx.afterCommit(() =>
        Promise.all([publish('control', { startQueued: true }), publishChanges({ capacity: true })]),
      );
      return answer;
    }),
  );
}

/** SQL condition on `batch b` */
const within = (scope: string): Sql => (scope === EVERYWHERE ? sql`true` : sql`b.organization_id = ${scope}`);

/** The batches wait for a slot again, in their place before those that never ran. */
const freeSlots = (db: Queryable, scope: string) =>
  db.query<{ id: string }>(
    sql`update batch b set slot_freed = true, queued_at = now(), wakes_at = null
     where b.id in (select b.id from batch b where ${HOLDS_SLOT} and b.cancel_mode is null and ${within(scope)} order by b.id for no key update)
     returning b.id`,
  );

async function answerOf(db: Queryable, { organizationId }: Context, scope: string): Promise<PauseAllAnswer> {
  const { rows } = await db.query<PauseAllAnswer>(
    sql`select ${isPaused(sql`${scope === EVERYWHERE ? EVERYWHERE : organizationId}::text`)} as paused,
       (select count(*)::int from batch b where ${within(scope)} and not b.paused and b.cancel_mode is null
         and (b.status = 'in-progress' or (b.status = 'pending' and b.queued_at is not null))) as batches`,
  );
  return must(rows[0], 'The state of a pause');
}

async function auditAs(
  db: Queryable,
  context: Context,
  verb: 'pause' | 'resume',
  { scope, batches }: { scope: string; batches: number },
): Promise<void> {
  const action = `${scope === EVERYWHERE ? 'system' : 'organization'}.${verb}` as const;
  await audit(db, context, action, await targetOf(db, context, scope), { after: { batches } });
}

async function targetOf(db: Queryable, { organizationId }: Context, scope: string) {
  if (scope === EVERYWHERE) return { kind: 'system', id: EVERYWHERE, name: 'all organizations' };
  const { rows } = await db.query<{ name: string }>(sql`select name from organization where id = ${organizationId}`);
  return { kind: 'organization', id: organizationId, name: rows[0]?.name ?? null };
}
