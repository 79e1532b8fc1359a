import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { NODE_LOST_SECONDS, TAKES_WORK } from './live-nodes';

/**
 * Registers a supervisor, or a program that is its own consumer.
 * @param version of the product, if it runs the product's job types
 * @returns its id
 */
export async function registerNode(host: string, pid: number, version: string | null = null): Promise<number> {
  // Uses the database's clock, because all machines share it when lost nodes are searched.
  const { rows } = await pool().query<{ id: number }>(
    sql`insert into node (host, pid, version, started_at, last_seen_at) values (${host}, ${pid}, ${version}, now(), now()) returning id`,
  );
  return must(rows[0], 'The row of this supervisor').id;
}

/** A job or a batch that is due later than this is no work yet: the heartbeats before it is due report it. */
const SOON_SECONDS = 5;
/** Of more open single jobs than this at least one is assumed to be due. */
const MAX_CHECKED = 100;

/** SQL condition: there is a batch or a job, of any machine, that a maintenance round may have to do something for. */
const HAS_WORK = sql`(
  exists (select from batch where status in ('pending', 'in-progress') and (queued_at is not null or paused or not sealed or cancel_mode is not null
    or (status = 'in-progress' and (wakes_at is null or wakes_at < now() + make_interval(secs => ${sql.literal(SOON_SECONDS)})))))
  or exists (select from bulk_action where status = 'running')
  or (select count(*) = ${sql.literal(MAX_CHECKED)} or coalesce(bool_or(j.status <> 'delayed' or j.cancel_mode is not null
        or j.run_at < now() + make_interval(secs => ${sql.literal(SOON_SECONDS)})), false)
      from (select status, cancel_mode, run_at from job where batch_id is null and outcome is null limit ${sql.literal(MAX_CHECKED)}) j))`;

/** SQL columns: what schedules need. Each reads an index that holds only such rows. */
const SCHEDULES = sql`(select extract(epoch from min(next_at) - now())::float8 * 1000 from schedule where next_at is not null) as "dueInMs",
  exists (select from schedule_firing where status = 'queued') as queued,
  exists (select from schedule_firing where status = 'launched' and outcome is null) as running`;

/** SQL columns: what notifications need. Each reads an index or a table that holds only such rows. */
const NOTIFICATIONS = sql`exists (select from notification_event) as "hasEvents",
  exists (select from notification_delivery where status = 'pending' and next_at <= now()) as "hasMessages"`;

/** What a heartbeat finds out besides. */
export interface Heartbeat {
  /** a batch or a job is open and due soon; if not, there is nothing to maintain */
  hasWork: boolean;
  /** milliseconds until the next schedule is due; null if none fires */
  dueInMs: number | null;
  /** a firing of a schedule is to be launched */
  queued: boolean;
  /** a run of a schedule has not ended, as far as its firing says */
  running: boolean;
  /** somebody is to be told about something */
  hasEvents: boolean;
  /** a message is due */
  hasMessages: boolean;
  /** changes when a machine announced own types; null if none ever did */
  typesChangedAt: string | null;
  /** somebody asked this supervisor to take no more work */
  draining: boolean;
}

/** Without a row the supervisor was given up meanwhile. */
const UNKNOWN: Heartbeat = {
  hasWork: true,
  dueInMs: null,
  queued: false,
  running: false,
  hasEvents: false,
  hasMessages: false,
  typesChangedAt: null,
  draining: false,
};

/** What a supervisor stores about itself with each heartbeat. */
export interface NodeState {
  /** consumers that take jobs, or end those that they have */
  processes: number;
  jobsActive: number;
  stopping: boolean;
  /** memory and processor of its consumers; none for programs that are their own consumer */
  load?: readonly ConsumerLoad[];
}

/** What a consumer process uses. */
export interface ConsumerLoad {
  /** of the consumer */
  id: number;
  memoryBytes: number;
  /** of one processor, over the last second */
  cpuPercent: number;
}

/** Stores the heartbeat of a supervisor, with its load, and finds out whether there is work: one statement for all. */
export async function heartbeatNode(id: number, { load, ...state }: NodeState): Promise<Heartbeat> {
  const { rows } = await pool().query<Heartbeat>(
    sql`update node set processes = ${state.processes}, jobs_active = ${state.jobsActive}, stopping = ${state.stopping}, last_seen_at = now(),
       load = ${load ? JSON.stringify(load) : null}::jsonb,
       -- The acknowledgement: the supervisor acts on this answer.
       draining_at = case when drain_requested_at is not null then coalesce(draining_at, now()) end
     where id = ${id} returning ${HAS_WORK} as "hasWork", ${SCHEDULES}, ${NOTIFICATIONS},
       drain_requested_at is not null as draining, (select max(changed_at)::text from own_job_type) as "typesChangedAt"`.named(
      'heartbeat',
    ),
  );
  return rows[0] ?? UNKNOWN;
}

/** Registers a consumer before it is forked, so that its rows can be requeued if it dies. @returns its id */
export async function registerConsumer(nodeId: number): Promise<number> {
  const { rows } = await pool().query<{ id: number }>(
    sql`insert into consumer (node_id, started_at) values (${nodeId}, now()) returning id`,
  );
  return must(rows[0], 'The row of this consumer').id;
}

/** Stores the process id of a consumer. */
export async function storePid(id: number, pid: number): Promise<void> {
  await pool().query(sql`update consumer set pid = ${pid} where id = ${id}`);
}

/** Counts the consumers of all supervisors that take work. */
export async function countProcesses(): Promise<number> {
  const { rows } = await pool().query<{ processes: number }>(
    sql`select coalesce(sum(n.processes), 0)::int as processes from node n where ${TAKES_WORK}`,
  );
  return must(rows[0], 'The count of consumers').processes;
}

/**
 * Finds unfinished consumers whose supervisor is lost: their machine or their supervisor died. It also finds consumers
 * whose last claim reached Postgres only after their rows had been requeued.
 */
export async function findLostConsumers(): Promise<number[]> {
  const { rows } = await pool().query<{ id: number }>(
    sql`select c.id from consumer c join node n on n.id = c.node_id
     where c.ended_at is null and n.last_seen_at < now() - make_interval(secs => ${NODE_LOST_SECONDS})
     union
     select c.id from in_flight j join consumer c on c.id = j.consumer_id
     where j.status in ('active', 'pending') and c.ended_at < now() - interval '5 seconds'`,
  );
  return rows.map((r) => r.id);
}

/** Marks a supervisor as shut down gracefully. */
export async function retireNode(id: number): Promise<void> {
  await pool().query(sql`update node set processes = 0, jobs_active = 0, stopping = true where id = ${id}`);
}
