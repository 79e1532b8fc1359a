import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { type CreateRuleBody, MAX_RULES, type RuleDto } from '@/lib/contracts/notification-rule';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireOrganization } from '@/lib/domain/organization/limits/require-room';
import { auditedRule, lockRule, requireReferences, storeChannels, thresholdsOf, toRuleDto } from './rule-row';

/**
 * Creates a rule, which reports what happens from now on.
 * @throws DomainError `forbidden`, `unknown-channel`, `invalid-query`, `limit-exceeded`
 */
export async function createRule(context: Context, body: CreateRuleBody): Promise<RuleDto> {
  requirePermission(context, 'notification-rule.create');
  const { organizationId, actor } = context;
  const id = newId();
  return transaction(async ({ db }) => {
    await requireReferences(db, context, { channelIds: body.channelIds, query: body.query ?? null });
    const { rows } = await db.query<{ count: number }>(
      sql`select count(*)::int as count from notification_rule where organization_id = ${organizationId}`,
    );
    if (must(rows[0], 'The count of rules').count >= MAX_RULES) {
      throw new DomainError('limit-exceeded', `An organization has at most ${MAX_RULES} rules; delete some.`);
    }
    await db.query(
      sql`insert into notification_rule (id, organization_id, name, events, query, thresholds, enabled, created_by, created_by_id)
       values (${id}::uuid, ${organizationId}, ${body.name}, ${body.on}, ${body.query ?? null}, ${stringifyJson(thresholdsOf(body))}::json,
         ${body.enabled}, ${actor.name}, ${actor.id})`,
    );
    await storeChannels(db, id, body.channelIds);
    await requireOrganization(db, context);
    const row = await lockRule(db, context, id);
    const target = { kind: 'notification-rule', id, name: row.name };
    await audit(db, context, 'notification-rule.create', target, { after: auditedRule(row) });
    return toRuleDto(row);
  });
}
