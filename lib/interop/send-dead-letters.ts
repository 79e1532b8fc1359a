import { logger } from '@/lib/config/logger';
import type { JobError } from '@/lib/contracts/errors';
import { digitsAsText } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { isForeignQueue } from '@/lib/domain/dead-letter/foreign-queue';
import { typeDefaults } from '@/lib/domain/defaults';
import { IS_DEAD } from '@/lib/domain/query/failure-condition';
import { isExternalType, type JobType, jobTypes } from '@/lib/job-types/catalogue';
import { addDeadLetters, type DeadLetter } from '@/lib/queue/dead-letters';

/** Messages that are added at once. */
const PAGE = 500;

interface FailedRow extends Omit<DeadLetter, 'jobId' | 'reason' | 'code' | 'failedAt' | 'correlationId'> {
  id: string;
  /** the place in its batch; null without a batch */
  itemIndex: number | null;
  correlationId: string | null;
  finishedAt: Date | null;
  error: JobError | null;
}

/**
 * Adds jobs that failed for good to the dead-letter queues of their batches and types. The rows are the outbox: each has
 * the number of the attempt that was added, written after the queue has it. So a dead queue or process loses nothing, and
 * what is added twice has the same id.
 * @throws if the queue is unavailable
 */
export async function sendDeadLetters(): Promise<void> {
  await sendOfBatches();
  const queues = new Map(
    jobTypes().map((type): [JobType, string | undefined] => [type, typeDefaults(type).deadLetterQueue]),
  );
  for (const [type, queue] of queues) {
    // Children have the queue of their batch.
    if (queue !== undefined) await sendAll(queue, { type });
  }
}

interface OpenBatch {
  id: string;
  queue: string;
  finishedAt: Date | null;
}

/** Batches with a dead-letter queue: running ones, and ended ones until a look after their end found nothing more. */
async function sendOfBatches(): Promise<void> {
  const { rows } = await pool().query<OpenBatch>(
    sql`select b.id, b.dead_letter_queue as queue, b.finished_at as "finishedAt" from batch b
     where b.dead_letter_queue is not null and b.failed > 0
       and (b.finished_at is null or b.dead_letters_sent_at is distinct from b.finished_at)`,
  );
  for (const { id, queue, finishedAt } of rows) {
    const sent = await sendAll(queue, { batchId: id });
    if (!sent || finishedAt === null) continue;
    await pool().query(
      sql`update batch set dead_letters_sent_at = finished_at where id = ${id} and finished_at = ${finishedAt}::timestamptz`,
    );
  }
}

/** A batch, or single jobs and nodes of flows of a type. */
type Source = { batchId: string } | { type: JobType };

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const following = (source: Source, after: FailedRow | undefined): Sql =>
  'batchId' in source
    ? sql`j.batch_id = ${source.batchId}::uuid and j.item_index > ${after?.itemIndex ?? -1}::int`
    : sql`j.type = ${source.type} and j.batch_id is null and j.id > ${after?.id ?? FIRST_ID}::uuid`;

const orderOf = (source: Source): Sql => ('batchId' in source ? sql`j.item_index` : sql`j.id`);

/** Reads dead letters that no queue has, after the last one that was added. */
async function readUnsent(source: Source, after: FailedRow | undefined): Promise<FailedRow[]> {
  const { rows } = await pool().query<FailedRow>(
    sql`select j.id, j.item_index as "itemIndex", j.type, j.organization_id as "organizationId", j.batch_id as "batchId",
       j.flow_id as "flowId", j.name, j.attempt, j.attempts_made as "attemptsMade", j.finished_at as "finishedAt", j.error,
       case when j.type = any(${jobTypes().filter(isExternalType)}::text[]) then j.data end as data,
       coalesce(j.correlation_id, b.correlation_id) as "correlationId"
     from job j left join batch b on b.id = j.batch_id
     where ${following(source, after)} and ${IS_DEAD} and j.dead_letter_attempt is distinct from j.attempt
     order by ${orderOf(source)} limit ${PAGE}`,
  );
  return rows;
}

/** BullMQ writes numbers as doubles, so a number with more digits is sent as text. */
function letterOf({ id, itemIndex: _, finishedAt, error, data, correlationId, ...row }: FailedRow): DeadLetter {
  return {
    jobId: id,
    ...row,
    reason: error?.message ?? 'unknown',
    code: error?.code ?? null,
    failedAt: finishedAt?.toISOString() ?? null,
    ...(correlationId ? { correlationId } : {}),
    ...(isExternalType(row.type) ? { data: digitsAsText(data) } : {}),
  };
}

/**
 * Adds what is not added yet of the dead letters of a source, in its order.
 * @returns whether nothing is left
 */
async function sendAll(queue: string, source: Source): Promise<boolean> {
  if (!isForeignQueue(queue)) {
    logger.warn({ queue }, 'A dead-letter queue has become the queue of a job type. Nothing is added to it.');
    return false;
  }
  for (let after: FailedRow | undefined; ; ) {
    const rows = await readUnsent(source, after);
    if (rows.length === 0) return true;
    if (!(await addDeadLetters(queue, rows.map(letterOf)))) {
      logger.warn({ queue }, 'A dead-letter queue is full: nobody takes its messages. The others wait in their rows.');
      return false;
    }
    await pool().query(
      sql`update job j set dead_letter_attempt = s.attempt
       from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ attempt }) => attempt)}::int[]) as s (id, attempt)
       where j.id = s.id and j.attempt = s.attempt and j.outcome = 'failed'`,
    );
    if (rows.length < PAGE) return true;
    after = rows.at(-1);
  }
}
