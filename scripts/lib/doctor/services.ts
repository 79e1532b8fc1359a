import { databaseUrl, env } from '@/lib/config/env';
import { VERSION } from '@/lib/config/version';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { systemContext } from '@/lib/domain/context';
import { checkDatabase } from '@/lib/domain/health/check-database';
import { checkMail } from '@/lib/domain/mail/send-mail';
import { listNodes } from '@/lib/domain/worker/list-nodes';
import { checkRedis } from '@/lib/queue/check-redis';
import { pendingMigrations } from '@/prisma/apply';
import { broken, ok, type Said, warning } from './finding';

// What an installation needs from elsewhere. Each throws what is wrong with the service.

/** Jobs compare times of machines with those of the database. */
const CLOCK_MS = { noted: 2000, wrong: 30_000 };

export async function lookAtDatabase(): Promise<Said> {
  await checkDatabase();
  const { rows } = await pool().query<{ version: string; used: number; most: number }>(
    sql`select current_setting('server_version') as version, current_setting('max_connections')::int as most,
      (select count(*)::int from pg_stat_activity) as used`,
  );
  const { version = '', used = 0, most = 0 } = rows[0] ?? {};
  const found = `Postgres ${version} at ${new URL(databaseUrl()).host}, ${used} of ${most} connections in use`;
  return used > 0.9 * most
    ? warning(found, 'Raise max_connections of Postgres, or run fewer web and worker processes.')
    : ok(found);
}

export async function lookAtMigrations(): Promise<Said> {
  const pending = await pendingMigrations(databaseUrl());
  return pending.length === 0
    ? ok('all are applied')
    : broken(
        `${pending.length} not applied: ${pending.slice(0, 5).join(', ')}${pending.length > 5 ? ' …' : ''}`,
        'Start Batchyard of this version: its start applies them. Make a backup before.',
      );
}

export async function lookAtClock(): Promise<Said> {
  await pool().query(sql`select 1`);
  const before = Date.now();
  const { rows } = await pool().query<{ now: Date }>(sql`select clock_timestamp() as now`);
  const after = Date.now();
  // The database read its clock somewhere between.
  const there = rows[0]?.now.getTime() ?? Number.NaN;
  const difference = there < before ? before - there : Math.max(0, there - after);
  const found = `${difference < 50 ? 'no' : `${(difference / 1000).toFixed(1)} s`} difference between this machine and the database`;
  const todo =
    'Synchronize the clocks (NTP: timedatectl, chronyc tracking): delays, schedules and signed webhooks depend on them.';
  if (difference > CLOCK_MS.wrong) return broken(found, todo);
  return difference > CLOCK_MS.noted ? warning(found, todo) : ok(found);
}

export async function lookAtQueue(): Promise<Said> {
  if (!env().REDIS_URL) return ok('in Postgres (no REDIS_URL)');
  const { version, remarks } = await checkRedis();
  const [first] = remarks;
  return first === undefined
    ? ok(`Redis ${version}, keeps everything (noeviction)`)
    : warning(
        `Redis ${version}. ${first}`,
        'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in its configuration.',
      );
}

export async function lookAtWorkers(): Promise<Said> {
  const nodes = await listNodes(systemContext(''));
  const running = nodes.filter(({ state, consumers }) => state === 'running' && consumers.length > 0);
  if (running.length === 0) {
    return nodes.length === 0
      ? broken(
          'no worker is alive: all jobs wait',
          'Start Batchyard, or the worker process. If it runs, read workers.log in DATA_DIR/logs.',
        )
      : broken(
          `no worker takes jobs: ${nodes.map(({ host, state, consumers }) => `${host} is ${state} with ${consumers.length} processes`).join(', ')}`,
          'Resume a drained one under Settings → Workers, or start another.',
        );
  }
  const lines = nodes.map(({ host, version, consumers, state, ownTypes }) => {
    const own = Object.entries(ownTypes).map(([type, of]) => `${type} ${of}`);
    const types =
      own.length > 0 ? `own types: ${own.slice(0, 20).join(', ')}${own.length > 20 ? ' …' : ''}` : 'no own types';
    return `${host}: version ${version}, ${consumers.length} processes, ${state}; ${types}`;
  });
  const found = lines.join('\n');
  if (nodes.some(({ version }) => version !== VERSION)) {
    return warning(found, `This installation is ${VERSION}: restart the workers that have another version.`);
  }
  const versions = new Map<string, Set<string>>();
  for (const { ownTypes } of nodes) {
    for (const [type, of] of Object.entries(ownTypes)) versions.set(type, (versions.get(type) ?? new Set()).add(of));
  }
  const differing = [...versions].flatMap(([type, of]) => (of.size > 1 ? [type] : []));
  return differing.length > 0
    ? warning(
        found,
        `Machines have different code of ${differing.join(', ')}: deploy the same job files to all of them.`,
      )
    : ok(found);
}

export async function lookAtMail(): Promise<Said> {
  if (!env().SMTP_URL) {
    return warning(
      'no mail server: invitations and password resets are links to hand over, and e-mail channels deliver nothing',
      'Set SMTP_URL and MAIL_FROM if people should get mail.',
    );
  }
  await checkMail();
  return ok(`${new URL(env().SMTP_URL ?? '').host} accepts the login; mails come from ${env().MAIL_FROM}`);
}
