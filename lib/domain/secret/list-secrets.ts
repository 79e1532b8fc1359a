import type { SecretDto } from '@/lib/contracts/secret';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { SECRET_COLUMNS, type SecretRow, toSecretDto } from './secret-row';

/**
 * Lists the organization's secrets by name, without their values. Every member may see the names, to use them in rows.
 */
export async function listSecrets(context: Context): Promise<SecretDto[]> {
  requirePermission(context, 'secret.see');
  const { rows } = await pool().query<SecretRow>(
    sql`select ${SECRET_COLUMNS} from secret where organization_id = ${context.organizationId} order by name limit 1000`,
  );
  return rows.map(toSecretDto);
}
