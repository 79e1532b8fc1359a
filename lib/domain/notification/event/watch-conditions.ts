import { logger } from '@/lib/config/logger';
import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { countDeadLetters } from '@/lib/domain/dead-letter/count-dead-letters';
import { loadRules, type RuleRow, toRuleDto } from '@/lib/domain/notification/rule/rule-row';
import { type Condition, findConditions, WATCHED, type WatchedType } from './conditions';

/** Rules that one round looks at. */
const MOST = 1000;

/**
 * Looks for what no statement reports by itself, such as a batch that makes no progress, where a rule asks for it. A
 * condition is reported when it begins, once for each rule, and again only after it has ended.
 */
export async function watchConditions(): Promise<void> {
  const rules = await loadRules(
    pool(),
    sql`r.enabled and r.events && ${[...WATCHED]}::text[] and exists (select from organization o where o.id = r.organization_id and o.deleting_at is null)
     order by r.id limit ${MOST}`,
  );
  for (const rule of rules) {
    for (const type of WATCHED.filter((each) => rule.events.includes(each))) {
      try {
        await watch(rule, type);
      } catch (err) {
        logger.warn(
          { err, ruleId: rule.id, type },
          'A notification rule could not be checked. The next round tries again.',
        );
      }
    }
  }
}

async function watch(rule: RuleRow, type: WatchedType): Promise<void> {
  const settings = toRuleDto(rule);
  if (type === 'dead-letters.growing') {
    const count = await countDeadLetters(rule.organizationId);
    await retrying(() => transaction(({ db }) => reportGrowth(db, rule, count, settings.deadLetters)));
    return;
  }
  const found = await findConditions(rule.organizationId, type, settings);
  await retrying(() => transaction(({ db }) => reportNew(db, rule, type, found)));
}

/** SQL condition: the end of a batch reads whether its failures were reported, so alarms outlive a run for some time. */
const JUST_ENDED = sql`exists (select from batch b where b.finished_at > now() - interval '1 hour'
  and b.id = case when split_part(subject, ':', 1) = 'batch.failure-rate' then split_part(subject, ':', 2)::uuid end)`;

async function reportNew(db: Queryable, rule: RuleRow, type: string, found: readonly Condition[]): Promise<void> {
  const subjects = found.map(({ subject }) => `${type}:${subject}`);
  await db.query(
    sql`delete from notification_alarm where rule_id = ${rule.id}::uuid and split_part(subject, ':', 1) = ${type}
     and subject <> all(${subjects}::text[]) and not ${JUST_ENDED}`,
  );
  for (const condition of found) {
    if (await raiseAlarm(db, rule.id, type, condition.subject)) await insertEvent(db, rule, type, condition);
  }
}

/** Notes that a rule reports a condition. @returns whether it did not do so before */
export async function raiseAlarm(db: Queryable, ruleId: string, type: string, subject: string): Promise<boolean> {
  const { rowCount } = await db.query(
    sql`insert into notification_alarm (rule_id, subject) values (${ruleId}::uuid, ${`${type}:${subject}`}) on conflict do nothing`,
  );
  return rowCount === 1;
}

/** Reports a number each time that it has grown by so many since it was reported; a lower number is the new beginning. */
async function reportGrowth(db: Queryable, rule: RuleRow, count: number, step: number): Promise<void> {
  const type = 'dead-letters.growing';
  await db.query(
    sql`insert into notification_alarm (rule_id, subject, level) values (${rule.id}::uuid, ${type}, ${count}::bigint) on conflict do nothing`,
  );
  const { rows } = await db.query<{ level: number }>(
    sql`select level::float8 as level from notification_alarm where rule_id = ${rule.id}::uuid and subject = ${type} for update`,
  );
  const level = rows[0]?.level ?? count;
  if (count >= level && count < level + step) return;
  await db.query(
    sql`update notification_alarm set level = ${count}::bigint, since = now() where rule_id = ${rule.id}::uuid and subject = ${type}`,
  );
  if (count > level) await insertEvent(db, rule, type, { ownerId: null, data: { count, before: level } });
}

const insertEvent = (
  db: Queryable,
  { id, organizationId }: RuleRow,
  type: string,
  { ownerId, data }: Omit<Condition, 'subject'>,
) =>
  db.query(
    sql`insert into notification_event (organization_id, type, owner_id, rule_id, data)
     values (${organizationId}, ${type}, ${ownerId}::uuid, ${id}::uuid, ${stringifyJson(data)}::json)`,
  );
