import { logger } from '@/lib/config/logger';
import type { Permission, Role } from '@/lib/contracts/permissions';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { hashApiKey } from './api-key';

/** how long a revoked key may remain valid in other processes; the cache saves one query per request */
const CACHE_MS = 2_000;
const CACHE_MAX = 1_000;
const USED_EVERY_MS = 60_000;

interface Entry {
  context: Context | null;
  until: number;
}

const known = new Map<string, Entry>();
const used = new Map<string, number>();

interface Row {
  id: string;
  organization_id: string;
  name: string;
  role: Role;
  scopes: Permission[] | null;
  sees_payloads: boolean;
  system_admin: boolean;
}

/** Returns the owner of a key; null if the key is unknown, revoked or expired. */
export async function authenticateKey(key: string): Promise<Context | null> {
  const hash = hashApiKey(key);
  const now = Date.now();
  const entry = known.get(hash);
  if (entry && entry.until > now) return entry.context;
  const { rows } = await pool().query<Row>(
    sql`select id, organization_id, name, role, scopes, sees_payloads, system_admin from api_key
      where (hash = ${hash} or (previous_hash = ${hash} and previous_until > now())) and revoked_at is null and (expires_at is null or expires_at > now())`,
  );
  const context = rows[0] ? toContext(rows[0], hash) : null;
  if (known.size >= CACHE_MAX) known.clear();
  // Only valid keys are cached, so that guesses cannot fill the memory.
  if (context) {
    known.set(hash, { context, until: now + CACHE_MS });
    noteUse(context.actor.id, now);
  }
  return context;
}

/** Clears the cache, so that a revoked key becomes invalid in this process at once. */
export const forgetKeys = (): void => known.clear();

function toContext(row: Row, hash: string): Context {
  return {
    actor: {
      kind: 'key',
      id: row.id,
      name: row.name,
      role: row.role,
      seesPayloads: row.sees_payloads,
      systemAdmin: row.system_admin,
      ...(row.scopes ? { scopes: row.scopes } : {}),
    },
    organizationId: row.organization_id,
    credential: { kind: 'key', id: row.id, hash },
  };
}

function noteUse(id: string, now: number): void {
  if (now - (used.get(id) ?? 0) < USED_EVERY_MS) return;
  used.set(id, now);
  pool()
    .query(sql`update api_key set last_used_at = now() where id = ${id}`)
    .catch((error: unknown) =>
      logger.warn({ err: error }, 'The last use of an API key was not stored. The request continues.'),
    );
}
