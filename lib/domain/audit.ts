import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from './context';

/** What was done: `<entity>.<verb>`. */
export type AuditAction = `${string}.${string}`;

/** What an action was done to. */
export interface AuditTarget {
  /** batch, job, flow, file, member, ... */
  kind: string;
  id: string;
  name?: string | null;
}

/** Writes an audit entry in the transaction of the action, so that neither exists without the other. */
export async function audit(
  db: Queryable,
  context: Context,
  action: AuditAction,
  target: AuditTarget,
  change: { before?: unknown; after?: unknown } = {},
): Promise<void> {
  const { actor, organizationId, credential, origin } = context;
  await db.query(
    sql`insert into audit (organization_id, actor_kind, actor_id, actor, credential_id, action, target_kind, target_id,
       target_name, before, after, address, request_id)
     values (${organizationId}, ${actor.kind}, ${actor.id}, ${actor.name}, ${credential?.id ?? null}, ${action},
       ${target.kind}, ${target.id}, ${target.name ?? null}, ${asJson(change.before)}::json, ${asJson(change.after)}::json,
       ${origin?.address ?? null}, ${origin?.requestId ?? null})`,
  );
}

const asJson = (value: unknown): string | null => (value === undefined ? null : stringifyJson(value));
