import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Credential } from '@/lib/domain/context';
import { LACKS_SECOND_FACTOR } from './second-factor';

/** A key or session, the organization in which it is used, and the rights that it had when it was authenticated. */
export interface CredentialUse {
  credential: Credential;
  organizationId: string;
  role: string;
  seesPayloads: boolean;
}

/** Returns a text that identifies a credential in its organization, with its rights. */
export const credentialKey = ({ credential, organizationId, role, seesPayloads }: CredentialUse): string =>
  `${credential.kind} ${credential.id} ${credential.hash ?? ''} ${organizationId} ${role} ${seesPayloads}`;

interface Valid {
  kind: Credential['kind'];
  id: string;
  hash: string | null;
  organization_id: string;
  role: string;
  sees_payloads: boolean;
}

/**
 * Finds which of these keys and sessions are still valid in their organizations, in one statement. A session becomes
 * invalid there by its sign-out, its expiry, a switch to another organization, the end of its user's membership, or a
 * second factor that it lacks. With other rights it counts as another one.
 * @returns the valid ones, as `credentialKey` identifies them
 */
export async function listValidCredentials(uses: readonly CredentialUse[]): Promise<ReadonlySet<string>> {
  const ids = (kind: Credential['kind']): string[] => [
    ...new Set(uses.filter((use) => use.credential.kind === kind).map((use) => use.credential.id)),
  ];
  const { rows } = await pool().query<Valid>(
    sql`select 'key' as kind, k.id::text as id, h.hash, k.organization_id, k.role, k.sees_payloads from api_key k join organization o on o.id = k.organization_id
       cross join lateral (select k.hash union all select k.previous_hash where k.previous_until > now()) h
     where k.id = any(${ids('key')}::uuid[]) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
       and o.deleting_at is null
     union all
     select 'session', s.id, null, m.organization_id, m.role, m.sees_payloads from session s cross join lateral
       (select m.organization_id, m.role, m.sees_payloads, ${LACKS_SECOND_FACTOR} as lacking from member m join organization o on o.id = m.organization_id
        where m.user_id = s.user_id and o.deleting_at is null
        order by m.organization_id is not distinct from s.active_organization_id desc, m.created_at, m.id limit 1) m
     where s.id = any(${ids('session')}::text[]) and s.expires_at > now() and not m.lacking
       and s.created_at > now() - make_interval(days => ${env().SESSION_MAX_DAYS}::int)`,
  );
  return new Set(
    rows.map(({ kind, id, hash, organization_id: organizationId, role, sees_payloads: seesPayloads }) =>
      credentialKey({
        credential: { kind, id, ...(hash === null ? {} : { hash }) },
        organizationId,
        role,
        seesPayloads,
      }),
    ),
  );
}
