import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';

/** Whose values: those of one job type in one organization. */
export interface Shelf {
  organizationId: string;
  type: string;
}

/** The most values that a type of an organization may have at once. */
export const MAX_VALUES = 10_000;
/** Rows of one statement that deletes. */
const CHUNK = 2000;

/** Returns a value as JSON; undefined if there is none, or it has expired. */
export async function readValue({ organizationId, type }: Shelf, key: string): Promise<string | undefined> {
  const { rows } = await pool().query<{ value: string }>(
    sql`select value::text as value from stored_value
     where organization_id = ${organizationId} and type = ${type} and key = ${key} and expires_at > now()`,
  );
  return rows[0]?.value;
}

/** SQL condition: the key is there already, or the type has room for another one. */
const hasRoom = ({ organizationId, type }: Shelf, key: string) => sql`(
  exists (select from stored_value where organization_id = ${organizationId} and type = ${type} and key = ${key})
  or (select count(*) from (select from stored_value where organization_id = ${organizationId} and type = ${type}
    and expires_at > now() limit ${MAX_VALUES}) v) < ${MAX_VALUES})`;

/**
 * Stores a value. @param value JSON
 * @returns false if the type has no room for another key
 */
export async function writeValue(shelf: Shelf, key: string, value: string, seconds: number): Promise<boolean> {
  const { organizationId, type } = shelf;
  const { rowCount } = await retrying(() =>
    pool().query(
      sql`insert into stored_value (organization_id, type, key, value, expires_at)
       select ${organizationId}::text, ${type}::text, ${key}::text, ${value}::json, now() + make_interval(secs => ${seconds}::float8) where ${hasRoom(shelf, key)}
       on conflict (organization_id, type, key) do update set value = excluded.value, expires_at = excluded.expires_at`,
    ),
  );
  return rowCount === 1;
}

/**
 * Adds to a number; one that is not there, or has expired, begins at 0 with a new expiry.
 * @returns the sum, or `no-number`, or `full`: the type has no room for another key
 */
export async function addToValue(
  shelf: Shelf,
  key: string,
  by: number,
  seconds: number,
): Promise<number | 'no-number' | 'full'> {
  const { organizationId, type } = shelf;
  const { rows } = await retrying(() =>
    pool().query<{ sum: number | null }>(
      sql`insert into stored_value as v (organization_id, type, key, value, expires_at)
       select ${organizationId}::text, ${type}::text, ${key}::text, to_json(${by}::float8), now() + make_interval(secs => ${seconds}::float8) where ${hasRoom(shelf, key)}
       on conflict (organization_id, type, key) do update set
         value = case when v.expires_at <= now() then excluded.value
           when json_typeof(v.value) = 'number' then to_json((v.value::text)::float8 + (excluded.value::text)::float8) else v.value end,
         expires_at = case when v.expires_at <= now() then excluded.expires_at else v.expires_at end
       returning case when json_typeof(v.value) = 'number' then (v.value::text)::float8 end as sum`,
    ),
  );
  const [row] = rows;
  if (!row) return 'full';
  return row.sum ?? 'no-number';
}

/** @returns whether there was a value */
export async function deleteValue({ organizationId, type }: Shelf, key: string): Promise<boolean> {
  const { rows } = await pool().query<{ live: boolean }>(
    sql`delete from stored_value where organization_id = ${organizationId} and type = ${type} and key = ${key}
     returning expires_at > now() as live`,
  );
  return rows[0]?.live ?? false;
}

/** Deletes values that have expired. @param limit the most of this round */
export async function expireValues(limit: number): Promise<void> {
  for (let deleted = 0; deleted < limit; deleted += CHUNK) {
    const { rowCount } = await pool().query(
      sql`delete from stored_value v using (
         select organization_id, type, key from stored_value where expires_at <= now()
         order by expires_at limit ${CHUNK} for update skip locked) old
       where v.organization_id = old.organization_id and v.type = old.type and v.key = old.key`,
    );
    if ((rowCount ?? 0) < CHUNK) return;
  }
}
