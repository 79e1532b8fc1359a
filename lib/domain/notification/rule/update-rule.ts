import { defined } from '@/lib/contracts/defined';
import { stringifyJson } from '@/lib/contracts/json';
import type { RuleDto, UpdateRuleBody } from '@/lib/contracts/notification-rule';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { auditedRule, lockRule, requireReferences, storeChannels, thresholdsOf, toRuleDto } from './rule-row';

/**
 * Changes a rule. What it reported before and what still lasts is not reported again.
 * @throws DomainError `forbidden`, `not-found`, `unknown-channel`, `invalid-query`
 */
export async function updateRule(context: Context, id: string, body: UpdateRuleBody): Promise<RuleDto> {
  requirePermission(context, 'notification-rule.update');
  return transaction(async ({ db }) => {
    const before = await lockRule(db, context, id);
    const query = body.query === undefined ? before.query : body.query;
    // What was valid when it was stored may stay, so that a rule can be switched off in any case.
    const { channelIds = [] } = body;
    await requireReferences(db, context, { channelIds, query: body.query ?? null });
    const thresholds = { ...before.thresholds, ...defined(thresholdsOf(body)) };
    await db.query(
      sql`update notification_rule set name = ${body.name ?? before.name}, events = ${body.on ?? before.events}, query = ${query},
         thresholds = ${stringifyJson(thresholds)}::json, enabled = ${body.enabled ?? before.enabled}, updated_at = now()
       where id = ${id}::uuid`,
    );
    if (body.channelIds) await storeChannels(db, id, body.channelIds);
    const after = await lockRule(db, context, id);
    const target = { kind: 'notification-rule', id, name: after.name };
    const change = { before: auditedRule(before), after: auditedRule(after) };
    await audit(db, context, 'notification-rule.update', target, change);
    return toRuleDto(after);
  });
}
