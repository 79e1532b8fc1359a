import { stringifyJson } from '@/lib/contracts/json';
import type { Sql } from '@/lib/db/transaction';
import type { Context } from './context';

/** Writes down who did what, in the transaction that does it. */
export async function audit(sql: Sql, context: Context, verb: string, target: string, detail?: unknown): Promise<void> {
  await sql.query('insert into audit (organization_id, actor, verb, target, detail) values ($1, $2, $3, $4, $5)', [
    context.organizationId,
    context.actor.name,
    verb,
    target,
    detail === undefined ? null : stringifyJson(detail),
  ]);
}
