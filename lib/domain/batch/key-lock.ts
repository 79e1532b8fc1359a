import { sql } from '@/lib/db/sql';
/** SQL arguments of the advisory lock on a batch's unique key: held from its launch to the commit. */
export const KEY_LOCK = sql`7402, hashtext(organization_id || ':' || unique_key)`;
