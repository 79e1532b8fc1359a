import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/** A person whose account was deleted, and what the sweep looks for. */
export interface GonePerson {
  user_id: string;
  /** stands for the id of the user */
  alias: string;
  /** every name that the person had */
  names: string[];
  /** where the person was known */
  organization_ids: string[];
}

/** Rows of one transaction: few enough not to slow down running jobs. */
export const CHUNK = 2000;

/** Adds to the counts of what was deleted and anonymized, in the transaction that did it. */
export async function addCount(db: Queryable, { user_id: id }: GonePerson, kind: string, added: number): Promise<void> {
  if (added === 0) return;
  await db.query(
    sql`update person_deletion set counts = (counts::jsonb
          || jsonb_build_object(${kind}::text, coalesce((counts ->> ${kind}::text)::int, 0) + ${added}::int))::json
        where user_id = ${id}`,
  );
}
