import type { ViewerDto } from '@/lib/contracts/system';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';

interface Row {
  name: string;
  email: string | null;
}

/** Returns the signed-in user, for the frame of the dashboard. */
export async function getViewer(context: Context): Promise<ViewerDto> {
  const { actor, organizationId } = context;
  const { rows } = await pool().query<Row>(
    sql`select o.name, (select u.email from "user" u where u.id = ${actor.kind === 'user' ? actor.id : null}) as email from organization o where o.id = ${organizationId}`,
  );
  const row = rows[0];
  if (!row) throw notFound('organization', organizationId);
  if (!('role' in actor))
    throw new DomainError('forbidden', 'Only a person or an API key has a view of the dashboard.');
  const { name, role, seesPayloads, systemAdmin } = actor;
  return {
    name,
    email: row.email,
    role,
    seesPayloads,
    systemAdmin,
    organization: { id: organizationId, name: row.name },
  };
}
