import { perProcess } from '@/lib/config/per-process';
import { type LimitName, type Limits, NO_LIMITS } from '@/lib/contracts/limits';
import { NO_SETTINGS, type OrganizationSettings } from '@/lib/contracts/organization-settings';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';

/** What a system administrator allows an organization, and what its own administrators chose. */
export interface Rules {
  limits: Limits;
  settings: OrganizationSettings;
}

/** How long a change takes to reach other processes. */
const CACHE_MS = 2_000;

const cache = perProcess('organization-rules', () => new Map<string, { rules: Promise<Rules>; until: number }>());

/**
 * Returns the limits and settings of an organization. The cache saves a query in each request.
 * @param db the connection of a transaction: one that waits for a second connection may wait forever
 */
export function rulesOf(organizationId: string, db: Queryable = pool()): Promise<Rules> {
  const now = Date.now();
  const known = cache.get().get(organizationId);
  if (known && known.until > now) return known.rules;
  const rules = readRules(db, organizationId);
  cache.get().set(organizationId, { rules, until: now + CACHE_MS });
  rules.catch(() => cache.get().delete(organizationId));
  return rules;
}

/** Forgets what is cached, so that a change holds in this process at once. */
export const forgetRules = (organizationId: string): void => void cache.get().delete(organizationId);

/** Reads the limits and settings of an organization from its rows. */
export async function readRules(db: Queryable, organizationId: string): Promise<Rules> {
  const { rows } = await db.query<{ limits: Partial<Limits> | null; settings: Partial<OrganizationSettings> | null }>(
    sql`select l.limits, s.settings from organization o
       left join organization_limit l on l.organization_id = o.id
       left join organization_setting s on s.organization_id = o.id
     where o.id = ${organizationId}`,
  );
  return {
    limits: { ...NO_LIMITS, ...rows[0]?.limits },
    settings: { ...NO_SETTINGS, ...rows[0]?.settings },
  };
}

/** What each limit counts, in a sentence. */
const IN_WORDS = {
  runningBatches: 'running batches',
  rows: 'stored jobs',
  requestsPerMinute: 'requests in a minute',
  streams: 'open event streams',
  storageBytes: 'bytes of stored files',
} satisfies Partial<Record<LimitName, string>>;

/**
 * Returns the error for a limit of the organization that is reached. The members `limit` and `allowed` name it.
 * @param advice a sentence: what to do
 */
export function limitReached(
  limit: keyof typeof IN_WORDS,
  allowed: number,
  {
    advice,
    ...options
  }: { advice: string; retryAfterSeconds?: number; extra?: Record<string, unknown>; code?: 'limit-exceeded' },
): DomainError {
  const { code = 'limit-reached', extra, ...rest } = options;
  const number = allowed.toLocaleString('en-US');
  return new DomainError(code, `This organization may have ${number} ${IN_WORDS[limit]} (limit ${limit}). ${advice}`, {
    ...rest,
    extra: { ...extra, limit, allowed },
  });
}
