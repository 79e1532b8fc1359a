import { env } from '@/lib/config/env';
import type { SessionDto } from '@/lib/contracts/session';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { describeDevice } from './describe-device';

interface Row {
  id: string;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
}

/** SQL for when a session ends, also if it is used until then. */
const endOf = (): Sql => sql`least(expires_at, created_at + make_interval(days => ${env().SESSION_MAX_DAYS}::int))`;
const columns = (): Sql =>
  sql`id, ip_address, user_agent, created_at, coalesce(last_seen_at, created_at) as last_seen_at, ${endOf()} as expires_at`;
const MAX_LISTED = 200;

const toDto = (row: Row, { credential }: Context): SessionDto => ({
  id: row.id,
  current: credential?.kind === 'session' && credential.id === row.id,
  device: describeDevice(row.user_agent),
  address: row.ip_address || null,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
});

/** Lists the caller's own sessions, the last used first. An API key has none. */
export async function listSessions(context: Context): Promise<SessionDto[]> {
  const { rows } = await pool().query<Row>(
    sql`select ${columns()} from session where user_id = ${context.actor.id} and ${endOf()} > now()
        order by coalesce(last_seen_at, created_at) desc, id limit ${MAX_LISTED}`,
  );
  return rows.map((row) => toDto(row, context)).sort((a, b) => Number(b.current) - Number(a.current));
}

/** Ends one of the caller's own sessions. Its event streams end within seconds. @throws DomainError `not-found` */
export async function endSession(context: Context, id: string): Promise<SessionDto> {
  return transaction(async ({ db }) => {
    const { rows } = await db.query<Row>(
      sql`delete from session where id = ${id} and user_id = ${context.actor.id} returning ${columns()}`,
    );
    const row = rows[0];
    if (!row) throw notFound('session', id);
    await audit(db, context, 'session.revoke', { kind: 'session', id, name: describeDevice(row.user_agent) });
    return toDto(row, context);
  });
}

/** Ends all sessions of the caller but the present one. @returns how many ended */
export async function endOtherSessions(context: Context): Promise<number> {
  const { actor, credential } = context;
  return transaction(async ({ db }) => {
    const { rowCount } = await db.query(
      sql`delete from session where user_id = ${actor.id} and id is distinct from ${credential?.id ?? null}`,
    );
    const ended = rowCount ?? 0;
    if (ended > 0)
      await audit(
        db,
        context,
        'session.revoke-others',
        { kind: 'user', id: actor.id, name: actor.name },
        { after: { ended } },
      );
    return ended;
  });
}
