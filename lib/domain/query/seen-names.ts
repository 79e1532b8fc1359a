import { type Sql, sql } from '@/lib/db/sql';
import type { Door } from '@/lib/domain/redaction/door';
import { jobTypes } from '@/lib/job-types/catalogue';
import { isSeen } from './patterns';

const ANY_FIELD = 'field';

/** SQL condition: the caller sees the name of a job `j`, and so may find it. Names that are parts of inputs are hidden with them. */
export function seesName(door: Door): Sql {
  if (door.level === 'full') return sql`true`;
  const hidden = jobTypes().filter((type) => !door.showsNamesOf(type, null));
  const seen = sql`${isSeen(sql`j.name`, door)} and not j.type = any(${hidden}::text[])`;
  if (door.showsNamesOf('', ANY_FIELD)) return seen;
  return sql`${seen} and not exists (select from batch named where named.id = j.batch_id and named.name_by is not null)`;
}
