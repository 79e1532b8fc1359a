import type { SecretDto } from '@/lib/contracts/secret';
import { sql } from '@/lib/db/sql';

export const SECRET_COLUMNS = sql`id, name, hosts, created_by, created_at`;

export interface SecretRow {
  id: string;
  name: string;
  hosts: string[];
  created_by: string | null;
  created_at: Date;
}

export const toSecretDto = (row: SecretRow): SecretDto => ({
  id: row.id,
  name: row.name,
  hosts: row.hosts,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
});
