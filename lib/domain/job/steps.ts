import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type AttemptKey, isCurrent } from './current-attempt';

/** Returns the remembered results of a job's steps as JSON, by name. */
export async function readSteps(jobId: string): Promise<Map<string, string>> {
  const { rows } = await pool().query<{ name: string; result: string }>(
    sql`select name, result::text as result from job_step where job_id = ${jobId}`,
  );
  return new Map(rows.map(({ name, result }) => [name, result]));
}

/**
 * Remembers the result of a step. The first result stays, whoever stored it.
 * @param result JSON
 * @returns the result that is stored, or undefined if the attempt no longer owns its job: then nothing was stored
 */
export async function rememberStep(attempt: AttemptKey, name: string, result: string): Promise<string | undefined> {
  const { rows } = await retrying(() =>
    pool().query<{ result: string }>(
      sql`with own as materialized (select j.id from job j where ${isCurrent(attempt)} for share of j)
       insert into job_step (job_id, name, attempt, result) select own.id, ${name}, ${attempt.attempt}::int, ${result}::json from own
       on conflict (job_id, name) do update set attempt = job_step.attempt
       returning result::text as result`,
    ),
  );
  return rows[0]?.result;
}
