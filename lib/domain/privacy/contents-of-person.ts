import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { all, type ExportPart, type Line, PAGE, paged } from './export-part';

/** Returns everything that is stored about a person in the whole installation: one file for each kind. */
export async function* contentsOfPerson(userId: string): AsyncGenerator<ExportPart> {
  const db = pool();
  const part = (name: string, lines: AsyncIterable<string>): ExportPart => ({ name, lines, total: 0 });
  yield part(
    'profile.jsonl',
    all(
      db.query<{ line: string }>(
        sql`select coalesce(row_to_json(t)::text, '') as line from (select u.id, u.name, u.email, u.email_verified as "emailVerified",
              u.image, u.system_admin as "systemAdmin", u.two_factor_enabled as "hasAuthenticatorApp",
              u.created_at as "createdAt" from "user" u where u.id = ${userId}) t`,
      ),
    ),
  );
  yield part(
    'memberships.jsonl',
    all(
      db.query<{ line: string }>(
        sql`select coalesce(row_to_json(t)::text, '') as line from (select o.id as "organizationId", o.name as "organizationName",
              m.role, m.sees_payloads as "seesPayloads", m.created_at as "createdAt"
              from member m join organization o on o.id = m.organization_id where m.user_id = ${userId} order by m.created_at, m.id) t`,
      ),
    ),
  );
  yield part(
    'sessions.jsonl',
    all(
      db.query<{ line: string }>(
        sql`select coalesce(row_to_json(t)::text, '') as line from (select s.id, s.ip_address as "address", s.user_agent as "userAgent",
              s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt"
              from session s where s.user_id = ${userId} order by s.created_at, s.id) t`,
      ),
    ),
  );
  yield part(
    'ways-to-sign-in.jsonl',
    all(
      db.query<{ line: string }>(
        sql`select coalesce(row_to_json(t)::text, '') as line from (
              select a.provider_id as "kind", a.account_id as "name", a.created_at as "createdAt" from account a where a.user_id = ${userId}
              union all select 'passkey', p.name, p.created_at from passkey p where p.user_id = ${userId}) t`,
      ),
    ),
  );
  yield part(
    'api-keys.jsonl',
    all(
      db.query<{ line: string }>(
        sql`select coalesce(row_to_json(t)::text, '') as line from (select k.id, k.organization_id as "organizationId", k.name, k.start,
              k.role, k.scopes, k.created_at as "createdAt", k.last_used_at as "lastUsedAt", k.expires_at as "expiresAt",
              k.revoked_at as "revokedAt" from api_key k where k.created_by = ${userId} order by k.id) t`,
      ),
    ),
  );
  yield part(
    'views.jsonl',
    all(
      db.query<{ line: string }>(
        sql`select coalesce(row_to_json(t)::text, '') as line from (select v.id, v.organization_id as "organizationId", v.of, v.name, v.query,
              v.columns, v.shared, v.is_default as "isDefault", v.created_at as "createdAt" from saved_view v where v.owner_id = ${userId} order by v.id) t`,
      ),
    ),
  );
  yield part(
    'bulk-actions.jsonl',
    all(
      db.query<{ line: string }>(
        sql`select coalesce(row_to_json(t)::text, '') as line from (select b.id, b.organization_id as "organizationId", b.action, b.status, b.query,
              b.note, b.matched, b.created_at as "createdAt" from bulk_action b where b.created_by_id = ${userId} order by b.id) t`,
      ),
    ),
  );
  yield part('audit.jsonl', entriesOf(userId));
}

/** Entries in which the person is the actor, organization by organization: the index begins with the organization. */
async function* entriesOf(userId: string): AsyncGenerator<string> {
  const { rows } = await pool().query<{ id: string }>(sql`select id from organization order by id`);
  for (const organizationId of [null, ...rows.map(({ id }) => id)]) {
    yield* paged('-infinity|0', (after) => readEntries(userId, organizationId, after));
  }
}

async function readEntries(userId: string, organizationId: string | null, after: string): Promise<Line[]> {
  const [at = '', id = ''] = after.split('|');
  const scope = organizationId === null ? sql`a.organization_id is null` : sql`a.organization_id = ${organizationId}`;
  const { rows } = await pool().query<Line>(
    sql`select t.at::text || '|' || t.id::text as key, coalesce(row_to_json(t)::text, '') as line
        from (select a.id, a.at, a.organization_id as "organizationId", a.action, a.target_kind as "targetKind", a.target_id as "targetId",
            a.target_name as "targetName", a.address, a.request_id as "requestId"
          from audit a where ${scope} and a.actor_id = ${userId} and (a.at, a.id) > (${at}::timestamptz, ${id}::bigint)
          order by a.at, a.id limit ${PAGE}) t`,
  );
  return rows;
}
