import { perProcess } from '@/lib/config/per-process';
import type { RedactionDto } from '@/lib/contracts/redaction';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { Redactor } from './redactor';

/** How long rules that were changed may still be used in other processes. */
const CACHE_MS = 2_000;
const CACHE_MAX = 1_000;

export const NO_RULES: RedactionDto = { paths: [], patterns: [] };

interface Entry {
  found: Promise<Redactor | undefined>;
  until: number;
}

const cache = perProcess('redactors', () => new Map<string, Entry>());

/** Returns the rules of an organization, ready to be applied; undefined if it has none. */
export async function readRedactor(organizationId: string): Promise<Redactor | undefined> {
  const known = cache.get();
  const entry = known.get(organizationId);
  if (entry && entry.until > Date.now()) return entry.found;
  if (known.size >= CACHE_MAX) known.clear();
  const found = read(organizationId);
  known.set(organizationId, { found, until: Date.now() + CACHE_MS });
  // What failed is read again by the next caller.
  found.catch(() => known.delete(organizationId));
  return found;
}

/** Makes a change of the rules visible in this process at once. */
export const forgetRedactor = (organizationId: string): boolean => cache.get().delete(organizationId);

async function read(organizationId: string): Promise<Redactor | undefined> {
  const { rows } = await pool().query<{ redaction: RedactionDto | null }>(
    sql`select redaction from organization where id = ${organizationId}`,
  );
  const rules = rows[0]?.redaction ?? NO_RULES;
  return rules.paths.length + rules.patterns.length > 0 ? new Redactor(rules) : undefined;
}
