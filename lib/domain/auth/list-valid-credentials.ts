import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Credential } from '@/lib/domain/context';

/** A key or session, and the organization in which it is used. */
export interface CredentialUse {
  credential: Credential;
  organizationId: string;
}

/** Returns a text that identifies a credential in its organization. */
export const credentialKey = ({ credential, organizationId }: CredentialUse): string =>
  `${credential.kind} ${credential.id} ${organizationId}`;

/**
 * Finds which of these keys and sessions are still valid in their organizations, in one statement. A session becomes
 * invalid there by its sign-out, its expiry, a switch to another organization, or the end of its user's membership.
 * @returns the valid ones, as `credentialKey` identifies them
 */
export async function listValidCredentials(uses: readonly CredentialUse[]): Promise<ReadonlySet<string>> {
  const ids = (kind: Credential['kind']): string[] => [
    ...new Set(uses.filter((use) => use.credential.kind === kind).map((use) => use.credential.id)),
  ];
  const { rows } = await pool().query<{ kind: Credential['kind']; id: string; organization_id: string }>(
    sql`select 'key' as kind, k.id::text as id, k.organization_id from api_key k join organization o on o.id = k.organization_id
     where k.id = any(${ids('key')}::uuid[]) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
       and o.deleting_at is null
     union all
     select 'session', s.id, m.organization_id from session s cross join lateral
       (select m.organization_id from member m join organization o on o.id = m.organization_id
        where m.user_id = s.user_id and o.deleting_at is null
        order by m.organization_id is not distinct from s.active_organization_id desc, m.created_at, m.id limit 1) m
     where s.id = any(${ids('session')}::text[]) and s.expires_at > now()`,
  );
  return new Set(
    rows.map(({ kind, id, organization_id: organizationId }) =>
      credentialKey({ credential: { kind, id }, organizationId }),
    ),
  );
}
