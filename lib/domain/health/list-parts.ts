import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { env } from '@/lib/config/env';
import { redisAway } from '@/lib/config/redis';
import { reasonOf } from '@/lib/config/service-trouble';
import { type HealthPart, LITTLE_MB } from '@/lib/contracts/health';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { readLoad } from '@/lib/domain/capacity/get-capacity';
import { type Context, requirePermission } from '@/lib/domain/context';
import { eventsRoundTrip } from '@/lib/events/round-trip';
import type { Readiness } from './readiness';

const TIMEOUT_MS = 1500;

/**
 * Lists the services that jobs depend on, with the problem of each. For administrators.
 * @param readiness the result of the last check
 * @throws DomainError `forbidden`
 */
export async function listParts(context: Context, readiness: Readiness): Promise<HealthPart[]> {
  requirePermission(context, 'health.see', 'read how each part is');
  return Promise.all([
    part('database', describeDatabase),
    part('queue', async () => describeQueue(readiness)),
    part('events', describeEvents),
    part('workers', describeWorkers),
    part('storage', describeStorage),
  ]);
}

async function part(name: HealthPart['part'], describe: () => Promise<string>): Promise<HealthPart> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return { part: name, ok: true, detail: await Promise.race([describe(), late]) };
  } catch (error) {
    return { part: name, ok: false, detail: reasonOf(error as Error) };
  } finally {
    clearTimeout(timer);
  }
}

async function describeDatabase(): Promise<string> {
  const { rows } = await pool().query<{ version: string }>(sql`select current_setting('server_version') as version`);
  return `Postgres ${must(rows[0], 'The version of Postgres').version}`;
}

function describeQueue(readiness: Readiness): string {
  if (readiness.status === 'degraded') throw new Error(`away since ${readiness.since.toISOString()}: ${readiness.why}`);
  if (readiness.status === 'unready' && readiness.part === 'queue') throw new Error(readiness.why);
  return env().REDIS_URL ? 'on Redis' : 'on Postgres';
}

async function describeEvents(): Promise<string> {
  const away = redisAway();
  if (away) throw away.why;
  await eventsRoundTrip(TIMEOUT_MS);
  return 'a message came through';
}

async function describeWorkers(): Promise<string> {
  const { workers } = await readLoad();
  const processes = workers.reduce((sum, worker) => sum + worker.processes, 0);
  if (processes === 0) throw new Error('no worker process is alive: start one');
  return `${processes} ${processes === 1 ? 'process' : 'processes'} on ${workers.length} ${workers.length === 1 ? 'machine' : 'machines'}`;
}

async function describeStorage(): Promise<string> {
  const { DATA_DIR, S3_BUCKET } = env();
  await access(DATA_DIR, constants.W_OK);
  const { bavail, bsize } = await statfs(DATA_DIR);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  if (free < LITTLE_MB) throw new Error(`only ${free} MB are free in DATA_DIR`);
  const room = `${free.toLocaleString('en-US')} MB are free in DATA_DIR`;
  return S3_BUCKET ? `files are in the bucket ${S3_BUCKET}; ${room}` : room;
}
