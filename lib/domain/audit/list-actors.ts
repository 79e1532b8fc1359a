import type { ActorKind, AuditActorList } from '@/lib/contracts/audit';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';

const MOST = 500;

interface Row {
  kind: ActorKind;
  id: string;
  name: string;
}

/** Lists who has entries in the audit log, also removed members and revoked keys. @throws DomainError `forbidden` */
export async function listActors(context: Context): Promise<AuditActorList> {
  requirePermission(context, 'audit.see', 'see the audit log');
  const { organizationId } = context;
  // Jumps in the index from one actor to the next: the cost depends on the number of actors, not of entries.
  const { rows } = await pool().query<Row>(
    sql`with recursive found (id) as (
       (select actor_id from audit where organization_id = ${organizationId} and actor_id is not null
        order by actor_id limit 1)
       union all
       select (select a.actor_id from audit a where a.organization_id = ${organizationId} and a.actor_id > f.id
         order by a.actor_id limit 1)
       from found f where f.id is not null
     )
     select last.actor_kind as kind, last.actor_id as id, last.actor as name
     from (select id from found where id is not null limit ${MOST}) f
     cross join lateral (select a.actor_kind, a.actor_id, a.actor, a.at from audit a
       where a.organization_id = ${organizationId} and a.actor_id = f.id order by a.at desc, a.id desc limit 1) last
     order by last.at desc`,
  );
  return { actors: rows };
}
