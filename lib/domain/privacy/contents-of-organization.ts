import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { all, type ExportPart, FIRST_ID, type Line, PAGE, paged } from './export-part';

/**
 * Returns what an organization has: its people, keys, batches, flows, jobs and audit entries, and the list of its files.
 * Secrets are listed without their values, and keys without what they can be used with.
 */
export async function* contentsOfOrganization(id: string): AsyncGenerator<ExportPart> {
  const { rows } = await pool().query<{ total: number }>(
    sql`select (select count(*) from job where organization_id = ${id})::float8
          + (select count(*) from audit where organization_id = ${id})::float8 as total`,
  );
  const total = must(rows[0], 'The size of an export').total;
  const part = (name: string, lines: AsyncIterable<string>): ExportPart => ({ name, lines, total });
  yield part('organization.jsonl', all(readOrganization(id)));
  yield part('members.jsonl', all(readMembers(id)));
  yield part('invitations.jsonl', all(readInvitations(id)));
  yield part('api-keys.jsonl', all(readKeys(id)));
  yield part('secrets.jsonl', all(readSecrets(id)));
  yield part('views.jsonl', all(readViews(id)));
  yield part('channels.jsonl', all(readChannels(id)));
  yield part('notification-rules.jsonl', all(readRules(id)));
  yield part(
    'deliveries.jsonl',
    paged(FIRST_ID, (after) => readDeliveries(id, after)),
  );
  yield part(
    'batches.jsonl',
    paged(FIRST_ID, (after) => readBatches(id, after)),
  );
  yield part(
    'flows.jsonl',
    paged(FIRST_ID, (after) => readFlows(id, after)),
  );
  yield part('schedules.jsonl', all(readSchedules(id)));
  yield part(
    'schedule-firings.jsonl',
    paged(`${FIRST_ID}|-infinity`, (after) => readFirings(id, after)),
  );
  yield part('history.jsonl', all(readHistory(id)));
  yield part(
    'bulk-actions.jsonl',
    paged(FIRST_ID, (after) => readBulkActions(id, after)),
  );
  yield part(
    'files.jsonl',
    paged(FIRST_ID, (after) => readFiles(id, after)),
  );
  yield part(
    'values.jsonl',
    paged('|', (after) => readValues(id, after)),
  );
  yield part(
    'jobs/without-batch.jsonl',
    paged(FIRST_ID, (after) => readSingleJobs(id, after)),
  );
  for await (const batchId of batchIds(id)) {
    yield part(
      `jobs/${batchId}.jsonl`,
      paged('-1', (after) => readChildren(batchId, after)),
    );
  }
  yield part(
    'audit.jsonl',
    paged('-infinity|0', (after) => readEntries(id, after)),
  );
}

/** The result of a query whose rows are lines. */
type Lines = Promise<{ rows: { line: string }[] }>;

const readOrganization = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select o.id, o.name, o.created_at as "createdAt", o.redaction,
          (select l.limits from organization_limit l where l.organization_id = o.id) as limits,
          (select s.settings from organization_setting s where s.organization_id = o.id) as settings
        from organization o where o.id = ${id}) t`,
  );

const readMembers = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select m.user_id as "userId", u.name, u.email, m.role,
          m.sees_payloads as "seesPayloads", m.created_at as "createdAt"
        from member m join "user" u on u.id = m.user_id where m.organization_id = ${id} order by m.created_at, m.id) t`,
  );

const readInvitations = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select i.id, i.email, i.role, i.created_at as "createdAt",
          i.expires_at as "expiresAt", i.accepted_at as "acceptedAt", i.revoked_at as "revokedAt"
        from invitation i where i.organization_id = ${id} order by i.id) t`,
  );

const readKeys = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select k.id, k.name, k.start, k.role, k.scopes, k.created_by as "createdBy",
          k.created_at as "createdAt", k.last_used_at as "lastUsedAt", k.expires_at as "expiresAt", k.revoked_at as "revokedAt"
        from api_key k where k.organization_id = ${id} order by k.id) t`,
  );

const readSecrets = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select s.id, s.name, s.hosts, s.created_by as "createdBy",
          s.created_at as "createdAt" from secret s where s.organization_id = ${id} order by s.name) t`,
  );

const readViews = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select v.id, v.of, v.name, v.query, v.columns, v.shared, v.created_by as "createdBy",
          v.created_at as "createdAt" from saved_view v where v.organization_id = ${id} and v.shared order by v.id) t`,
  );

const readChannels = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select c.id, c.kind, c.name, c.shown as config, c.disabled_at as "disabledAt",
          c.disabled_why as "disabledWhy", c.created_by as "createdBy", c.created_at as "createdAt"
        from notification_channel c where c.organization_id = ${id} order by c.id) t`,
  );

const readRules = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select r.id, r.name, r.events, r.query, r.thresholds, r.enabled,
          array(select l.channel_id from notification_rule_channel l where l.rule_id = r.id) as "channelIds", r.created_by as "createdBy",
          r.created_at as "createdAt" from notification_rule r where r.organization_id = ${id} order by r.id) t`,
  );

async function readDeliveries(id: string, after: string): Promise<Line[]> {
  const { rows } = await pool().query<Line>(
    sql`select t.id::text as key, coalesce(row_to_json(t)::text, '') as line from (select d.id, d.type, d.kind, d.target, d.channel_id as "channelId",
          d.rule_id as "ruleId", d.owner_id as "ownerId", d.data, d.at, d.count, d.status, d.answer_status as "answerStatus", d.answer, d.error,
          d.tries, d.created_at as "createdAt"
        from notification_delivery d where d.organization_id = ${id} and d.id > ${after}::uuid order by d.id limit ${PAGE}) t`,
  );
  return rows;
}

async function readBatches(id: string, after: string): Promise<Line[]> {
  const { rows } = await pool().query<Line>(
    sql`select t.id::text as key, coalesce(row_to_json(t)::text, '') as line from (select b.id, b.type, b.name, b.status, b.total, b.completed,
          b.failed, b.cancelled, b.priority, b.options, b.metadata, b.created_by as "createdBy", b.created_at as "createdAt",
          b.started_at as "startedAt", b.finished_at as "finishedAt"
        from batch b where b.organization_id = ${id} and b.id > ${after}::uuid order by b.id limit ${PAGE}) t`,
  );
  return rows;
}

async function* batchIds(id: string): AsyncGenerator<string> {
  yield* paged(FIRST_ID, async (after) => {
    const { rows } = await pool().query<Line>(
      sql`select b.id::text as key, b.id::text as line from batch b
          where b.organization_id = ${id} and b.id > ${after}::uuid order by b.id limit ${PAGE}`,
    );
    return rows;
  });
}

async function readFlows(id: string, after: string): Promise<Line[]> {
  const { rows } = await pool().query<Line>(
    sql`select t.id::text as key, coalesce(row_to_json(t)::text, '') as line from (select f.id, f.name, f.type, f.status, f.total,
          f.created_by as "createdBy", f.created_at as "createdAt", f.finished_at as "finishedAt"
        from flow f where f.organization_id = ${id} and f.id > ${after}::uuid order by f.id limit ${PAGE}) t`,
  );
  return rows;
}

const readSchedules = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select s.id, s.name, s.cron, s.every_seconds as "everySeconds",
          s.time_zone as "timeZone", s.launch, s.overlap, s.catch_up as "catchUp", s.catch_up_seconds as "catchUpSeconds",
          s.jitter_seconds as "jitterSeconds", s.start_at as "startAt", s.end_at as "endAt", s.exclude,
          s.pause_after_failures as "pauseAfterFailures", s.paused_at as "pausedAt", s.created_by as "createdBy", s.created_at as "createdAt"
        from schedule s where s.organization_id = ${id} order by s.id) t`,
  );

async function readFirings(id: string, after: string): Promise<Line[]> {
  const [scheduleId = '', dueAt = ''] = after.split('|');
  const { rows } = await pool().query<Line>(
    sql`select t."scheduleId"::text || '|' || t."dueAt"::text as key, coalesce(row_to_json(t)::text, '') as line
        from (select f.schedule_id as "scheduleId", f.due_at as "dueAt", f.status, f.kind, f.fired_at as "firedAt", f.batch_id as "batchId",
            f.job_id as "jobId", f.flow_id as "flowId", f.outcome, f.why
          from schedule_firing f join schedule s on s.id = f.schedule_id
          where s.organization_id = ${id} and (f.schedule_id, f.due_at) > (${scheduleId}::uuid, ${dueAt}::timestamptz)
          order by f.schedule_id, f.due_at limit ${PAGE}) t`,
  );
  return rows;
}

/** What the deltas of the last seconds add is not in it. */
const readHistory = (id: string): Lines =>
  pool().query<{ line: string }>(
    sql`select coalesce(row_to_json(t)::text, '') as line from (select h.step, h.type, h.at, h.started, h.completed, h.failed, h.cancelled,
          h.retried, h.reopened_failed as "reopenedFailed", h.reopened_cancelled as "reopenedCancelled", h.queued, h.waits, h.durations
        from history h where h.organization_id = ${id} and h.type <> '' order by h.step, h.type, h.at) t`,
  );

async function readBulkActions(id: string, after: string): Promise<Line[]> {
  const { rows } = await pool().query<Line>(
    sql`select t.id::text as key, coalesce(row_to_json(t)::text, '') as line from (select a.id, a.action, a.status, a.query, a.set,
          a.rate_per_minute as "ratePerMinute", a.note, a.matched, a.done, a.failed, a.skipped, a.reasons, a.created_by as "createdBy",
          a.created_at as "createdAt", a.finished_at as "finishedAt", a.aborted_by as "abortedBy"
        from bulk_action a where a.organization_id = ${id} and a.started_by is not null and a.id > ${after}::uuid order by a.id limit ${PAGE}) t`,
  );
  return rows;
}

/** Other exports are private, so they are not in the list. */
async function readFiles(id: string, after: string): Promise<Line[]> {
  const { rows } = await pool().query<Line>(
    sql`select t.id::text as key, coalesce(row_to_json(t)::text, '') as line from (select f.id, f.name, f.size,
          f.content_type as "contentType", f.sha256, f.job_id as "jobId", f.created_at as "createdAt"
        from file f where f.organization_id = ${id} and f.hidden_at is null and f.only_for is null and f.id > ${after}::uuid
        order by f.id limit ${PAGE}) t`,
  );
  return rows;
}

/** What jobs share (`kv`). A type contains no |, a key may. */
async function readValues(id: string, after: string): Promise<Line[]> {
  const [type = ''] = after.split('|', 1);
  const key = after.slice(type.length + 1);
  const { rows } = await pool().query<Line>(
    sql`select t.type || '|' || t.key as key, coalesce(row_to_json(t)::text, '') as line from (select v.type, v.key, v.value,
          v.expires_at as "expiresAt"
        from stored_value v where v.organization_id = ${id} and (v.type, v.key) > (${type}::text, ${key}::text) and v.expires_at > now()
        order by v.type, v.key limit ${PAGE}) t`,
  );
  return rows;
}

/** Inputs and results stay as they were stored, with every digit. */
const JOB = sql`j.id, j.type, j.status, j.item_index as "index", j.name, j.description, j.data, j.result, j.error, j.warnings, j.metadata,
  (select json_agg(json_build_object('name', s.name, 'attempt', s.attempt, 'result', s.result, 'at', s.at) order by s.at, s.name)
    from job_step s where s.job_id = j.id) as steps,
  j.cost_tokens as "costTokens", j.cost_usd as "costUsd",
  j.attempts_made as "attemptsMade", j.flow_id as "flowId", j.parent_job_id as "parentJobId", j.created_by as "createdBy",
  j.created_at as "createdAt", j.started_at as "startedAt", j.finished_at as "finishedAt"`;

async function readSingleJobs(id: string, after: string): Promise<Line[]> {
  const { rows } = await pool().query<Line>(
    sql`select t.id::text as key, coalesce(row_to_json(t)::text, '') as line from (select ${JOB} from job j
        where j.organization_id = ${id} and j.batch_id is null and j.id > ${after}::uuid order by j.id limit ${PAGE}) t`,
  );
  return rows;
}

async function readChildren(batchId: string, after: string): Promise<Line[]> {
  const { rows } = await pool().query<Line>(
    sql`select coalesce(t."index", 0)::text as key, coalesce(row_to_json(t)::text, '') as line from (select ${JOB} from job j
        where j.batch_id = ${batchId} and j.item_index > ${after}::int order by j.item_index limit ${PAGE}) t`,
  );
  return rows;
}

async function readEntries(id: string, after: string): Promise<Line[]> {
  const [at = '', entryId = ''] = after.split('|');
  const { rows } = await pool().query<Line>(
    sql`select t.at::text || '|' || t.id::text as key, coalesce(row_to_json(t)::text, '') as line
        from (select a.id, a.at, a.actor_kind as "actorKind", a.actor_id as "actorId", a.actor, a.action, a.target_kind as "targetKind",
            a.target_id as "targetId", a.target_name as "targetName", a.before, a.after, a.address, a.request_id as "requestId"
          from audit a where a.organization_id = ${id} and (a.at, a.id) > (${at}::timestamptz, ${entryId}::bigint)
          order by a.at, a.id limit ${PAGE}) t`,
  );
  return rows;
}
