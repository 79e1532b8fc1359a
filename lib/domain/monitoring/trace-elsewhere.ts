import { logger } from '@/lib/config/logger';
import { tracer } from '@/lib/config/tracing';
import type { JobError } from '@/lib/contracts/errors';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { endAttemptSpan, startAttemptSpan, type TracedAttempt } from './trace-attempt';

interface EndedAttempt {
  id: string;
  outcome: string;
  error?: JobError | undefined;
}

/**
 * Reports attempts whose own process cannot report them: it died, or it is an external worker. Call it while the rows
 * still contain these attempts. It never throws, because tracing must not affect the caller's work.
 */
export async function traceElsewhere(ended: EndedAttempt[]): Promise<void> {
  if (!tracer() || ended.length === 0) return;
  try {
    await report(ended);
  } catch (error) {
    logger.warn(
      { err: error, jobIds: ended.slice(0, 20).map((e) => e.id) },
      'Attempts could not be reported. They are missing in their traces.',
    );
  }
}

async function report(ended: EndedAttempt[]): Promise<void> {
  const { rows } = await pool().query<TracedAttempt & { started_at: Date | null; finished_at: Date | null }>(
    sql`select j.id, j.type, j.batch_id, j.flow_id, j.attempt, j.started_at, j.finished_at,
       coalesce(j.correlation_id, (select b.correlation_id from batch b where b.id = j.batch_id)) as correlation_id
     from job j where j.id = any(${ended.map((e) => e.id)}::uuid[])`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const { id, outcome, error } of ended) {
    const row = byId.get(id);
    const span = row && startAttemptSpan(row, row.started_at ?? undefined);
    if (span) endAttemptSpan(span, outcome, error, row.finished_at ?? undefined);
  }
}
