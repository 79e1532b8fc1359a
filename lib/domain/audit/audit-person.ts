import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { type AuditAction, type AuditChange, insertEntries } from '@/lib/domain/audit';
import type { Context } from '@/lib/domain/context';

/** A person who signs in, or whose account changes. */
export interface AuditedPerson {
  /** null if there is no such account */
  id: string | null;
  name: string;
  sessionId?: string;
}

/**
 * Writes an entry about a person into each organization of theirs. The entry of somebody without one belongs to none:
 * only system administrators see it.
 * @param actor who did it, if it was not the person
 */
export async function auditPerson(
  db: Queryable,
  { id, name, sessionId }: AuditedPerson,
  action: AuditAction,
  { origin, actor, ...change }: AuditChange & Pick<Context, 'origin'> & { actor?: Context['actor'] | undefined },
): Promise<void> {
  const who = id ?? 'unknown';
  const target = sql`(select ${who}::text as id, ${name}::text as name, m.organization_id
    from (values (1)) as one left join member m on m.user_id = ${id}) as t`;
  const by = {
    actor: actor ?? { kind: 'user' as const, id: who, name },
    organizationId: null,
    ...(sessionId ? { credential: { kind: 'session' as const, id: sessionId } } : {}),
    ...(origin ? { origin } : {}),
  };
  await db.query(insertEntries(by, action, 'user', target, change, sql`t.organization_id`));
}

/** Finds the account of an e-mail address that somebody entered. */
export async function findPerson(db: Queryable, email: string): Promise<AuditedPerson> {
  const { rows } = await db.query<{ id: string; name: string }>(
    sql`select id, name from "user" where email = ${email.toLowerCase()}`,
  );
  return rows[0] ?? { id: null, name: email.slice(0, 200) };
}
