import type { RuleDto } from '@/lib/contracts/notification-rule';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { auditedRule, lockRule, toRuleDto } from './rule-row';

/** Deletes a rule. Messages that it has planned are still sent. @throws DomainError `forbidden`, `not-found` */
export async function deleteRule(context: Context, id: string): Promise<RuleDto> {
  requirePermission(context, 'notification-rule.delete');
  return transaction(async ({ db }) => {
    const row = await lockRule(db, context, id);
    await db.query(sql`delete from notification_rule where id = ${id}::uuid`);
    const target = { kind: 'notification-rule', id, name: row.name };
    await audit(db, context, 'notification-rule.delete', target, { before: auditedRule(row) });
    return toRuleDto(row);
  });
}
