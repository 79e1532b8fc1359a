import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from './context';

/** Writes an audit log entry in the transaction of the action. */
export async function audit(
  db: Queryable,
  context: Context,
  verb: string,
  target: string,
  detail?: unknown,
): Promise<void> {
  await db.query(
    sql`insert into audit (organization_id, actor, verb, target, detail) values (${context.organizationId}, ${context.actor.name}, ${verb}, ${target}, ${detail === undefined ? null : stringifyJson(detail)})`,
  );
}
