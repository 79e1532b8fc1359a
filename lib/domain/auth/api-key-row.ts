import type { ApiKeyDto } from '@/lib/contracts/api-key';
import type { Role } from '@/lib/contracts/permissions';
import { sql } from '@/lib/db/sql';

export const API_KEY_COLUMNS = sql`id, name, start, role, created_at, last_used_at, expires_at`;

export interface ApiKeyRow {
  id: string;
  name: string;
  start: string;
  role: Role;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
}

/** Converts a row to the API's representation. */
export const toApiKeyDto = (row: ApiKeyRow): ApiKeyDto => ({
  id: row.id,
  name: row.name,
  start: row.start,
  role: row.role,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  expiresAt: row.expires_at?.toISOString() ?? null,
});
