import { type RuleDto, type RuleThresholds, THRESHOLDS } from '@/lib/contracts/notification-rule';
import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { queryOfView } from '@/lib/domain/notification/event/match-query';
import { requireQuery } from '@/lib/domain/query/scope';

export const RULE_COLUMNS = sql`r.id, r.organization_id as "organizationId", r.name, r.events, r.query, r.thresholds, r.enabled, r.created_by as "createdBy", r.created_at as "createdAt",
  r.updated_at as "updatedAt", array(select l.channel_id::text from notification_rule_channel l where l.rule_id = r.id order by l.channel_id) as "channelIds"`;

export interface RuleRow {
  id: string;
  organizationId: string;
  name: string;
  events: string[];
  query: string | null;
  thresholds: RuleThresholds;
  enabled: boolean;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  channelIds: string[];
}

export const toRuleDto = (row: RuleRow): RuleDto => ({
  id: row.id,
  name: row.name,
  on: row.events,
  query: row.query,
  channelIds: row.channelIds,
  enabled: row.enabled,
  failureRate: row.thresholds.failureRate ?? THRESHOLDS.failureRate,
  minFinished: row.thresholds.minFinished ?? THRESHOLDS.minFinished,
  stuckMinutes: row.thresholds.stuckMinutes ?? THRESHOLDS.stuckMinutes,
  waitingMinutes: row.thresholds.waitingMinutes ?? THRESHOLDS.waitingMinutes,
  deadLetters: row.thresholds.deadLetters ?? THRESHOLDS.deadLetters,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

/** The thresholds among the fields of a request. */
export const thresholdsOf = ({
  failureRate,
  minFinished,
  stuckMinutes,
  waitingMinutes,
  deadLetters,
}: RuleThresholds): RuleThresholds => ({ failureRate, minFinished, stuckMinutes, waitingMinutes, deadLetters });

/** Returns a rule of the organization, and locks it. @throws DomainError `not-found` */
export async function lockRule(db: Queryable, context: Context, id: string): Promise<RuleRow> {
  const rows = isId(id)
    ? await loadRules(db, sql`r.id = ${id}::uuid and r.organization_id = ${context.organizationId} for update`)
    : [];
  if (!rows[0]) throw notFound('notification rule', id);
  return rows[0];
}

/** @param which a condition on `notification_rule r`, and what follows it */
export async function loadRules(db: Queryable, which: Sql): Promise<RuleRow[]> {
  const { rows } = await db.query<RuleRow>(sql`select ${RULE_COLUMNS} from notification_rule r where ${which}`);
  return rows;
}

/**
 * Checks what a rule refers to.
 * @throws DomainError `unknown-channel`; `invalid-query` for a query that is not valid, and for a view that is not shared
 */
export async function requireReferences(
  db: Queryable,
  { organizationId }: Context,
  { channelIds, query }: { channelIds: readonly string[]; query: string | null },
): Promise<void> {
  const { rows } = await db.query<{ id: string }>(
    sql`select id from notification_channel where organization_id = ${organizationId} and id = any(${channelIds.filter(isId)}::uuid[])`,
  );
  const unknown = channelIds.findIndex((id) => !rows.some((row) => row.id === id.toLowerCase()));
  if (unknown >= 0) {
    const message = `There is no channel with the id ${channelIds[unknown]?.slice(0, 64)}.`;
    throw new DomainError('unknown-channel', message, { errors: [{ path: `channelIds.${unknown}`, message }] });
  }
  if (query === null) return;
  if (!isId(query)) {
    requireQuery(query, 'batches');
    return;
  }
  if ((await queryOfView(db, organizationId, query)) === undefined) {
    const message = 'is no view of batches that the organization shares';
    throw new DomainError('invalid-query', `The query ${message}.`, { errors: [{ path: 'query', message }] });
  }
}

/** Stores which channels a rule sends to. */
export async function storeChannels(db: Queryable, ruleId: string, channelIds: readonly string[]): Promise<void> {
  await db.query(sql`delete from notification_rule_channel where rule_id = ${ruleId}::uuid`);
  await db.query(
    sql`insert into notification_rule_channel (rule_id, channel_id) select ${ruleId}::uuid, c.id from unnest(${channelIds}::uuid[]) as c(id)
     on conflict do nothing`,
  );
}

/** What the audit log keeps of a rule. */
export const auditedRule = ({ name, events, query, thresholds, enabled, channelIds }: RuleRow) => ({
  name,
  on: events,
  query,
  thresholds,
  enabled,
  channelIds,
});
