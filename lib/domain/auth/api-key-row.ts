import type { ApiKeyDto } from '@/lib/contracts/api-key';
import type { Permission, Role } from '@/lib/contracts/permissions';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { notFound } from '@/lib/domain/errors';

/** The columns of `api_key k`. */
export const API_KEY_COLUMNS = sql`k.id, k.name, k.start, k.role, k.scopes, k.sees_payloads, k.system_admin, k.created_by,
  coalesce((select u.name from "user" u where u.id = k.created_by),
    (select m.name from api_key m where m.id::text = k.created_by)) as maker,
  k.created_at, k.last_used_at, k.expires_at, case when k.previous_until > now() then k.previous_until end as previous_until`;

export interface ApiKeyRow {
  id: string;
  name: string;
  start: string;
  role: Role;
  scopes: Permission[] | null;
  sees_payloads: boolean;
  system_admin: boolean;
  created_by: string | null;
  /** the name of the person or the key that made it */
  maker: string | null;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
  previous_until: Date | null;
}

/** Converts a row to the API's representation. */
export const toApiKeyDto = (row: ApiKeyRow): ApiKeyDto => ({
  id: row.id,
  name: row.name,
  start: row.start,
  role: row.role,
  scopes: row.scopes,
  seesPayloads: row.sees_payloads,
  systemAdmin: row.system_admin,
  createdBy: row.created_by === null ? null : { id: row.created_by, name: row.maker },
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  expiresAt: row.expires_at?.toISOString() ?? null,
  previousUntil: row.previous_until?.toISOString() ?? null,
});

/** Reads a key of an organization, and locks it. @throws DomainError `not-found` if there is none, or it was revoked */
export async function lockApiKey(db: Queryable, organizationId: string, id: string): Promise<ApiKeyRow> {
  const { rows } = await db.query<ApiKeyRow>(
    sql`select ${API_KEY_COLUMNS} from api_key k
      where k.id = ${id} and k.organization_id = ${organizationId} and k.revoked_at is null for update`,
  );
  if (!rows[0]) throw notFound('API key', id);
  return rows[0];
}
