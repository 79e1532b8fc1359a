import type { Costs } from '@/lib/contracts/costs';
import type { JobError } from '@/lib/contracts/errors';
import type { JobProgress, JobWarning } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { type Sql, sql } from '@/lib/db/sql';
import { SPENT_BY_COUNT } from '@/lib/domain/batch/budget';
import { SETTLE, TOO_MANY_FAILED } from '@/lib/domain/batch/settle';
import { READY_AT, RECORD_ATTEMPTS } from '@/lib/domain/history/record-history';
import type { Claim } from './claim-jobs';
import { type TakeRequest, takeNext } from './take-next';

/**
 * The outcome of an attempt. `retry` and `defer` requeue the row for another attempt after `delayMs`. A deferred
 * attempt does not count against `maxAttempts`: a service requested the delay, or our database was unavailable.
 */
export interface Outcome {
  id: string;
  batchId: string | null;
  /** of a node of a flow: other nodes may wait for its end */
  flowId?: string | null;
  attempt: number;
  kind: 'completed' | 'failed' | 'cancelled' | 'retry' | 'defer';
  result?: unknown;
  error?: JobError;
  delayMs?: number;
  progress?: JobProgress | undefined;
  /** stored when the job ends, whether it completed or failed */
  warnings?: readonly JobWarning[] | undefined;
  /** what the attempt cost: counted however it ended, because it was paid */
  costs?: Costs | undefined;
  /** the prefetched row of the same batch that the consumer started in its place */
  successor?: Successor | undefined;
}

/** A prefetched row that has started. */
export interface Successor {
  id: string;
  attempt: number;
  /** milliseconds since it started, which is when the row before it ended */
  startedMsAgo: number;
}

/** The recorded changes. A missing outcome was from a stale attempt, or was recorded before. */
export interface Recorded {
  changed: { id: string; batchId: string | null; status: JobStatus }[];
  batches: {
    id: string;
    organizationId: string;
    correlationId: string;
    changed: number;
    finished: boolean;
    stop: boolean;
    /** its budget of failures or costs is spent */
    spent: boolean;
  }[];
}

/** What a consumer does in one statement: outcomes, and requests for the next rows of their batches. */
export interface Recording {
  consumerId: number;
  outcomes: Outcome[];
  requests: TakeRequest[];
}

/** The rows that were claimed for the requests. */
export interface Taken {
  taken: TakenRow[];
  /** batches of which nothing was taken because their dispatch row was locked: the caller may ask again */
  busy: string[];
  /** successors whose start was not accepted, because they or the rows before them are another's: their attempts are stale */
  refused: string[];
}

/** A claimed row that has no message in the queue. */
export interface TakenRow extends Claim {
  batch_id: string;
  /** it may start only when a row of its batch has ended in the same process */
  prefetched: boolean;
}

/**
 * The first row of the answer has the summary, the others the rows that were taken. Positions in the input, from 1: of
 * rows that got the status of their outcome, and of the others.
 */
interface AnswerRow extends TakenRow {
  same: number[] | null;
  other: [number, JobStatus][] | null;
  batches: Recorded['batches'];
  busy: string[] | null;
  refused: number[] | null;
}

const json = (value: unknown): string | null => (value === undefined ? null : stringifyJson(value));

const statement = ({ consumerId, outcomes, requests }: Recording): Sql => {
  // Without successors and costs, which is the rule, there are no arrays of nulls to write and to parse.
  const successors = outcomes.some((o) => o.successor) ? outcomes.map((o) => o.successor) : null;
  const costs = outcomes.some((o) => o.costs) ? outcomes.map((o) => o.costs) : null;
  return sql`
  with input as materialized (
    select * from unnest(${outcomes.map((o) => o.id)}::uuid[], ${outcomes.map((o) => o.batchId)}::uuid[],
        ${outcomes.map((o) => o.attempt)}::int[], ${outcomes.map((o) => o.kind)}::text[],
        ${outcomes.map((o) => json(o.result))}::text[], ${outcomes.map((o) => json(o.error))}::text[],
        ${outcomes.map((o) => o.delayMs ?? 0)}::float8[], ${outcomes.map((o) => json(o.progress))}::text[],
        ${outcomes.map((o) => (o.warnings?.length ? json(o.warnings) : null))}::text[],
        ${successors?.map((s) => s?.id) ?? null}::uuid[], ${successors?.map((s) => s?.attempt) ?? null}::int[],
        ${successors?.map((s) => s?.startedMsAgo) ?? null}::float8[],
        ${costs?.map((c) => c?.tokens) ?? null}::bigint[], ${costs?.map((c) => c?.usd) ?? null}::numeric[])
      with ordinality as i(id, batch_id, attempt, kind, result, error, delay_ms, progress, warnings, next_id, next_attempt, ended_ms, cost_tokens, cost_usd, place)
  ), changed as (
    update job j set
      -- a cancelled batch or job gets no further attempt
      status = case when i.kind not in ('retry', 'defer') then i.kind
        when b.cancel_mode is not null or j.cancel_mode is not null then 'failed'
        when i.delay_ms > 0 then 'delayed' else 'pending' end,
      run_at = case when i.kind in ('retry', 'defer') and b.cancel_mode is null and j.cancel_mode is null
        then clock_timestamp() + make_interval(secs => i.delay_ms / 1000) end,
      -- the same moment as the start of its successor, so that their times do not overlap
      finished_at = case when i.kind not in ('retry', 'defer') or b.cancel_mode is not null or j.cancel_mode is not null
        then coalesce(now() - make_interval(secs => i.ended_ms / 1000), clock_timestamp()) end,
      attempts_made = j.attempts_made + case when i.kind in ('cancelled', 'defer') then 0 else 1 end,
      result = i.result::json, error = i.error::json, progress = coalesce(i.progress::json, j.progress),
      warnings = case when i.kind not in ('retry', 'defer') or b.cancel_mode is not null or j.cancel_mode is not null
        then i.warnings::json end,
      cost_tokens = coalesce(j.cost_tokens + i.cost_tokens, i.cost_tokens, j.cost_tokens),
      cost_usd = coalesce(j.cost_usd + i.cost_usd, i.cost_usd, j.cost_usd),
      -- A job that has ended keeps who ran it last, and with that the version of the code.
      consumer_id = case when i.kind not in ('retry', 'defer') or b.cancel_mode is not null or j.cancel_mode is not null
        then j.consumer_id end, quarantined = false
    from input i left join batch b on b.id = i.batch_id
    where j.id = i.id and j.status = 'active' and j.attempt = i.attempt
    returning j.id, j.batch_id, j.organization_id, j.type, j.status, j.attempt, j.started_at, j.finished_at, j.error,
      j.consumer_id, j.warnings is not null as warned, ${READY_AT} as ready_at, i.kind, i.place, i.next_id, i.next_attempt, i.ended_ms,
      i.cost_tokens, i.cost_usd
  ), attempts as (
    insert into attempt (job_id, attempt, outcome, started_at, finished_at, error, consumer_id)
    select id, attempt, case kind when 'cancelled' then 'cancelled' when 'defer' then 'deferred' else 'failed' end, started_at, clock_timestamp(), error,
      coalesce(consumer_id, nullif(${consumerId}::int, 0))
    from changed where kind <> 'completed' on conflict do nothing
  ), noted as (${RECORD_ATTEMPTS}
  ), started as (
    -- Only in place of a row that has ended now, and only what the consumer still has: either may be another's by now.
    update job j set status = 'active', attempt = i.next_attempt, run_at = null,
      started_at = now() - make_interval(secs => i.ended_ms / 1000)
    from changed i
    where j.id = i.next_id and j.status = 'pending' and j.consumer_id = ${consumerId} and j.attempt = i.next_attempt - 1
    returning j.id, j.batch_id
  ), refused as (
    -- A statement that is repeated after a lost answer finds them active.
    select i.place from input i where i.next_id is not null and not exists (select from started s where s.id = i.next_id)
      and not exists (select from job j where j.id = i.next_id and j.status = 'active' and j.consumer_id = ${consumerId}
        and j.attempt = i.next_attempt)
  ), tally as (
    select batch_id, count(status)::int as changed,
      count(*) filter (where status = 'completed')::int as completed,
      count(*) filter (where status = 'failed')::int as failed,
      count(*) filter (where status = 'cancelled')::int as cancelled,
      count(*) filter (where warned)::int as warned, count(*) filter (where status is null)::int as started,
      sum(cost_tokens)::bigint as cost_tokens, sum(cost_usd) as cost_usd
    from (select batch_id, status, warned, cost_tokens, cost_usd from changed where batch_id is not null
      union all select batch_id, null, false, null, null from started) rows group by batch_id
  ), locked as (
    -- always locked in the same order, so that two recorders can't deadlock
    select b.id, b.type, b.correlation_id, b.status, b.options, b.paused, b.slot_freed, b.cancel_mode, b.not_before, b.prefetch_ended,
      b.total - b.completed - b.failed - b.cancelled as open
    from batch b where b.id in (select batch_id from tally union select unnest(${requests.map((r) => r.batchId)}::uuid[]))
    order by b.id for no key update of b
  ), counted as (
    update batch b set ${SETTLE}, warned = b.warned + tally.warned, prefetch_ended = b.prefetch_ended + tally.started,
      cost_tokens = coalesce(b.cost_tokens + tally.cost_tokens, tally.cost_tokens, b.cost_tokens),
      cost_usd = coalesce(b.cost_usd + tally.cost_usd, tally.cost_usd, b.cost_usd)
    from tally, locked
    where b.id = tally.batch_id and locked.id = b.id
    returning b.id, b.organization_id, b.correlation_id, tally.changed, b.finished_at is not null as finished,
      ${TOO_MANY_FAILED} as stop, ${SPENT_BY_COUNT} is not null as spent
  ), ${takeNext(consumerId, requests)}
  -- Returns positions in the input instead of rows: shorter to parse for 500 outcomes, most of which keep their kind.
  select (select json_agg(place) from changed where status = kind) as same,
    (select json_agg(json_build_array(place, status)) from changed where status <> kind) as other,
    coalesce((select json_agg(json_build_object('id', id, 'organizationId', organization_id,
      'correlationId', correlation_id, 'changed', changed, 'finished', finished, 'stop', coalesce(stop, false), 'spent', coalesce(spent, false))) from counted), '[]') as batches,
    (select json_agg(id) from busy) as busy, (select json_agg(place) from refused) as refused,
    null::uuid as id, null as organization_id, null as type, null::uuid as batch_id, null::json as data, null::int as attempt,
    null::int as attempts_made, null::int as max_attempts, null::json as backoff, null as correlation_id,
    null::uuid as flow_id, null::int as delivery, null::bool as prefetched
  union all select null, null, null, null, null, t.* from taken t`.named('record-outcomes');
};

/**
 * Records many outcomes in one statement. A row changes only if it is `active` and has the outcome's fencing token
 * (`attempt`); the counters of batches grow by the number of rows that changed. After it the queue may remove deliveries.
 */
export const recordOutcomes = (outcomes: Outcome[]): Promise<Recorded> =>
  recordAndTake({ consumerId: 0, outcomes, requests: [] });

/**
 * Records outcomes, and in the same statement claims the next waiting rows of batches for this consumer: never more than
 * the batch's concurrency and rate allow, and none of a batch that is paused, cancelled or without a slot.
 */
export async function recordAndTake(recording: Recording): Promise<Recorded & Taken> {
  const { outcomes } = recording;
  const { rows } = await retrying(() => pool().query<AnswerRow>(statement(recording)));
  const [first, ...taken] = rows;
  const answer = must(first, 'The summary of recorded outcomes');
  const became = (place: number, status?: JobStatus) => {
    const { id, batchId, kind } = outcomes[place - 1] as Outcome;
    return { id, batchId, status: status ?? (kind as JobStatus) };
  };
  return {
    changed: [
      ...(answer.same ?? []).map((place) => became(place)),
      ...(answer.other ?? []).map(([place, status]) => became(place, status)),
    ],
    refused: (answer.refused ?? []).flatMap((place) => outcomes[place - 1]?.successor?.id ?? []),
    batches: answer.batches ?? [],
    taken,
    busy: answer.busy ?? [],
  };
}
