import type { TagChange } from '@/lib/contracts/tag-change';
import { type Sql, sql } from '@/lib/db/sql';
import { tagsOf } from '@/lib/domain/query/values';

/** SQL condition: a change would leave the tags of a metadata column as they are. */
export const hasTagsOf = ({ add, remove }: TagChange, metadata: Sql): Sql => sql`not exists (
    select from unnest(${add}::text[]) as a (tag)
    where not exists (select from ${tagsOf(metadata)} as t where lower(t.tag) = lower(a.tag)))
  and not exists (select from ${tagsOf(metadata)} as t join unnest(${remove}::text[]) as r (tag) on lower(t.tag) = lower(r.tag))`;
