import { logger } from '@/lib/config/logger';
import type { Role } from '@/lib/contracts/permissions';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { auth } from './auth';
import { LACKS_SECOND_FACTOR } from './second-factor';

export interface Session {
  context: Context;
  /** its organization needs a second factor, and none confirmed the session: it may only set one up */
  lacksSecondFactor: boolean;
  /** cookies that the response must set, if the session was extended */
  setCookies: string[];
}

interface Row {
  organization_id: string;
  role: Role;
  sees_payloads: boolean;
  system_admin: boolean;
  lacking: boolean;
}

/**
 * Returns the user and the organization of the session cookie in these headers; null without a valid session. Pages
 * cannot set cookies, so they call it with `prolong: false`. Callers must check `lacksSecondFactor`.
 */
export async function authenticateSession(headers: Headers, { prolong = false } = {}): Promise<Session | null> {
  if (!headers.get('cookie')?.includes('batchyard.session_token')) return null;
  const { response, headers: answer } = await readSession(headers, prolong);
  if (!response) return null;
  const { user, session } = response;
  const { rows } = await pool().query<Row>(
    sql`select m.organization_id, m.role, m.sees_payloads, u.system_admin, ${LACKS_SECOND_FACTOR} as lacking
      from session s join member m on m.user_id = s.user_id join "user" u on u.id = m.user_id
        join organization o on o.id = m.organization_id
      where s.id = ${session.id} and o.deleting_at is null
      order by m.organization_id is not distinct from s.active_organization_id desc, m.created_at, m.id limit 1`,
  );
  const member = rows[0];
  if (!member) return null;
  noteUse(session.id, Date.now());
  return {
    context: {
      actor: {
        kind: 'user',
        id: user.id,
        name: user.name,
        role: member.role,
        seesPayloads: member.sees_payloads,
        systemAdmin: member.system_admin,
      },
      organizationId: member.organization_id,
      credential: { kind: 'session', id: session.id },
    },
    lacksSecondFactor: member.lacking,
    setCookies: answer?.getSetCookie() ?? [],
  };
}

const NOTED_EVERY_MS = 60_000;
const MAX_NOTED = 10_000;
const noted = new Map<string, number>();

/** Stores when a session was used last, at most once a minute, so that its owner can recognize it in a list. */
function noteUse(id: string, now: number): void {
  if (now - (noted.get(id) ?? 0) < NOTED_EVERY_MS) return;
  if (noted.size >= MAX_NOTED) noted.clear();
  noted.set(id, now);
  pool()
    .query(sql`update session set last_seen_at = now() where id = ${id}`)
    .catch((error: unknown) =>
      logger.warn({ err: error }, 'The last use of a session was not stored. The request continues.'),
    );
}

function readSession(headers: Headers, prolong: boolean) {
  return auth()
    .api.getSession({ headers, query: { disableRefresh: !prolong }, returnHeaders: true })
    .catch((cause: unknown) => {
      // The library hides the cause. Its only I/O here is the database query.
      const failed = cause instanceof Error && 'status' in cause && cause.status === 'INTERNAL_SERVER_ERROR';
      if (!failed) throw cause;
      throw new DomainError('unavailable', 'Sessions are out of reach just now. Try again in a moment.', {
        cause,
        retryAfterSeconds: 2,
      });
    });
}
