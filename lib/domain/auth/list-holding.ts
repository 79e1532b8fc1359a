import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Credential } from '@/lib/domain/context';

export interface Held {
  credential: Credential;
  organizationId: string;
}

/** One word for a credential in its organization. */
export const heldAs = ({ credential, organizationId }: Held): string =>
  `${credential.kind} ${credential.id} ${organizationId}`;

/**
 * Which of these keys and sessions still hold in their organizations, as `heldAs` says them: one question, however many
 * they are. A session ends with its sign-out, its time, and its person's membership.
 */
export async function listHolding(held: readonly Held[]): Promise<ReadonlySet<string>> {
  const ids = (kind: Credential['kind']): string[] => [
    ...new Set(held.filter((h) => h.credential.kind === kind).map((h) => h.credential.id)),
  ];
  const { rows } = await pool().query<{ kind: Credential['kind']; id: string; organization_id: string }>(
    sql`select 'key' as kind, id::text as id, organization_id from api_key
     where id = any(${ids('key')}::uuid[]) and revoked_at is null and (expires_at is null or expires_at > now())
     union all
     select 'session', s.id, m.organization_id from session s join member m on m.user_id = s.user_id
     where s.id = any(${ids('session')}::text[]) and s.expires_at > now()`,
  );
  return new Set(
    rows.map(({ kind, id, organization_id: organizationId }) => heldAs({ credential: { kind, id }, organizationId })),
  );
}
