import { pool } from '@/lib/db/pool';
import { prisma } from '@/lib/db/prisma';
import { sql } from '@/lib/db/sql';
import { NODE_LOST_SECONDS } from '@/lib/domain/capacity/get-capacity';

/** Makes a supervisor known. @returns its id */
export async function registerNode(host: string, pid: number): Promise<number> {
  // The database's clock, which all machines share: by it the silent ones are found.
  const { rows } = await pool().query<{ id: number }>(
    sql`insert into node (host, pid, started_at, last_seen_at) values (${host}, ${pid}, now(), now()) returning id`,
  );
  return rows[0]?.id ?? 0;
}

/** Says that a supervisor lives, and how busy it is. */
export async function heartbeatNode(
  id: number,
  state: { processes: number; jobsActive: number; stopping: boolean },
): Promise<void> {
  await pool().query(
    sql`update node set processes = ${state.processes}, jobs_active = ${state.jobsActive}, stopping = ${state.stopping}, last_seen_at = now() where id = ${id}`,
  );
}

/** Makes a consumer known before it is forked, so that what it claims can be put back if it dies. */
export async function registerConsumer(nodeId: number): Promise<number> {
  const consumer = await prisma().consumer.create({ data: { nodeId }, select: { id: true } });
  return consumer.id;
}

/** Says which process a consumer became. */
export async function nameConsumer(id: number, pid: number): Promise<void> {
  await prisma().consumer.update({ where: { id }, data: { pid } });
}

/** Consumers of all live supervisors: what the dispatchers share out. */
export async function countProcesses(): Promise<number> {
  const { rows } = await pool().query<{ processes: number }>(
    sql`select coalesce(sum(processes), 0)::int as processes from node
     where last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS}) and not stopping`,
  );
  return rows[0]?.processes ?? 0;
}

/**
 * Consumers that have not ended but whose supervisor went silent: their machine or their supervisor died. And those
 * whose last claim reached Postgres only after what they held had been put back.
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

/** Forgets a supervisor that stopped in order. */
export async function retireNode(id: number): Promise<void> {
  await prisma().node.update({ where: { id }, data: { processes: 0, jobsActive: 0, stopping: true } });
}
