import { type Sql, sql } from '@/lib/db/sql';

/** One attempt of a job. */
export interface AttemptKey {
  jobId: string;
  attempt: number;
}

/** SQL condition on `job j`: this attempt owns it. With `for share`, no other attempt can own it until the commit. */
export const isCurrent = ({ jobId, attempt }: AttemptKey): Sql => sql`j.id = ${jobId}::uuid
  and ((j.status = 'active' and j.attempt = ${attempt}::int)
    -- that a prefetched row has started is recorded a moment later
    or (j.status = 'pending' and j.consumer_id is not null and j.attempt + 1 = ${attempt}::int))`;
