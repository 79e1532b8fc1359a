import type { Role } from '@/lib/contracts/permissions';
import type { ListUsersQuery, UserList } from '@/lib/contracts/person';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';

interface Row {
  id: string;
  name: string;
  email: string;
  system_admin: boolean;
  created_at: Date;
  last_seen_at: Date | null;
  organizations: { id: string; name: string; role: Role }[];
}

/**
 * Lists the people of the whole installation, the newest account first, also those who belong to no organization.
 * @throws DomainError `forbidden`
 */
export async function listUsers(context: Context, { q, limit, cursor }: ListUsersQuery): Promise<UserList> {
  requirePermission(context, 'user.see');
  const where = [sql`true`];
  const wanted = q?.trim().toLowerCase();
  if (wanted) where.push(sql`(strpos(lower(u.name), ${wanted}) > 0 or strpos(lower(u.email), ${wanted}) > 0)`);
  if (cursor) where.push(sql`u.id < ${cursor}`);
  const { rows } = await pool().query<Row>(
    sql`select u.id, u.name, u.email, u.system_admin, u.created_at,
          (select max(coalesce(s.last_seen_at, s.created_at)) from session s where s.user_id = u.id) as last_seen_at,
          coalesce((select json_agg(json_build_object('id', o.id, 'name', o.name, 'role', m.role) order by m.created_at, m.id)
            from member m join organization o on o.id = m.organization_id
            where m.user_id = u.id and o.deleting_at is null), '[]') as organizations
        from "user" u where ${sql.join(where, ' and ')} order by u.id desc limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    users: page.map(({ system_admin: systemAdmin, created_at: createdAt, last_seen_at: lastSeenAt, ...row }) => ({
      ...row,
      systemAdmin,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt?.toISOString() ?? null,
    })),
    nextCursor: last?.id ?? null,
  };
}
