import type { SecretDto } from '@/lib/contracts/secret';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { SECRET_COLUMNS, type SecretRow, toSecretDto } from './rows';

/** The organization's secrets by name, without their values: everyone may know what can be named in a row. */
export async function listSecrets(context: Context): Promise<SecretDto[]> {
  const { rows } = await pool().query<SecretRow>(
    `select ${SECRET_COLUMNS} from secret where organization_id = $1 order by name limit 1000`,
    [context.organizationId],
  );
  return rows.map(toSecretDto);
}
