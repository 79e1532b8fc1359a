import { MAX_RULES, type RuleList } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { loadRules, toRuleDto } from './rule-row';

/** Lists the rules of the organization by name. @throws DomainError `forbidden` */
export async function listRules(context: Context): Promise<RuleList> {
  requirePermission(context, 'notification-rule.see');
  const rows = await loadRules(
    pool(),
    sql`r.organization_id = ${context.organizationId} order by lower(r.name), r.id limit ${MAX_RULES}`,
  );
  return { rules: rows.map(toRuleDto), nextCursor: null };
}
