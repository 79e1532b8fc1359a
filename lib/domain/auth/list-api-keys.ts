import type { ApiKeyDto } from '@/lib/contracts/api-key';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKeyDto } from './api-key-row';

const MAX_LISTED = 1_000;

/** Lists the organization's keys that are not revoked, newest first. @throws DomainError `forbidden` */
export async function listApiKeys(context: Context): Promise<ApiKeyDto[]> {
  requirePermission(context, 'api-key.see');
  const { rows } = await pool().query<ApiKeyRow>(
    sql`select ${API_KEY_COLUMNS} from api_key k where k.organization_id = ${context.organizationId} and k.revoked_at is null order by k.id desc limit ${MAX_LISTED}`,
  );
  return rows.map(toApiKeyDto);
}
