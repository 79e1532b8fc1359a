import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { NODE_LOST_SECONDS } from '@/lib/domain/capacity/get-capacity';

/** Registers a supervisor. @returns its id */
export async function registerNode(host: string, pid: number): Promise<number> {
  // Uses the database's clock, because all machines share it when lost nodes are searched.
  const { rows } = await pool().query<{ id: number }>(
    sql`insert into node (host, pid, started_at, last_seen_at) values (${host}, ${pid}, now(), now()) returning id`,
  );
  return must(rows[0], 'The row of this supervisor').id;
}

/** Stores the heartbeat of a supervisor, with its load. */
export async function heartbeatNode(
  id: number,
  state: { processes: number; jobsActive: number; stopping: boolean },
): Promise<void> {
  await pool().query(
    sql`update node set processes = ${state.processes}, jobs_active = ${state.jobsActive}, stopping = ${state.stopping}, last_seen_at = now() where id = ${id}`,
  );
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

/** Counts the consumers of all live supervisors. */
export async function countProcesses(): Promise<number> {
  const { rows } = await pool().query<{ processes: number }>(
    sql`select coalesce(sum(processes), 0)::int as processes from node
     where last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS}) and not stopping`,
  );
  return rows[0]?.processes ?? 0;
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
     where j.status = 'active' and c.ended_at < now() - interval '5 seconds'`,
  );
  return rows.map((r) => r.id);
}

/** Marks a supervisor as shut down gracefully. */
export async function retireNode(id: number): Promise<void> {
  await pool().query(sql`update node set processes = 0, jobs_active = 0, stopping = true where id = ${id}`);
}
