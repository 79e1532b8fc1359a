import type { Context } from '@/lib/domain/context';
import { middle, percentile } from './figures';
import { processorTime } from './processor-time';
import { publish, table } from './report';
import { startServices } from './services';

/** Measures the attention list and each of its readers. `npm run bench -- attention <jobs> <calls>` */
const [most, calls] = process.argv.slice(2).map(Number) as [number, number];
const SIZE = 100;
const SCHEDULES = 200;
const FIRINGS = 100;

const services = await startServices({ redis: false, durable: false, statements: true });
// Imported after the environment is set, because the first import reads it once.
const { closePool, pool } = await import('@/lib/db/pool');
const { closePrisma } = await import('@/lib/db/prisma');
const { findChannelsOff } = await import('@/lib/domain/attention/channels');
const { findFailedBatches } = await import('@/lib/domain/attention/failed-batches');
const { listAttention } = await import('@/lib/domain/attention/list-attention');
const { findPausedWork } = await import('@/lib/domain/attention/paused-work');
const { countOpenJobs, findWithoutWorker } = await import('@/lib/domain/attention/queues');
const schedules = await import('@/lib/domain/attention/schedules');
const { findStuckBatches } = await import('@/lib/domain/attention/stuck-batches');
const { findPausedBatches, findWaitingForCapacity } = await import('@/lib/domain/attention/waiting-batches');
const { countDeadLetters } = await import('@/lib/domain/dead-letter/count-dead-letters');
const { listPausedQueues } = await import('@/lib/domain/doctor/paused-queues');
const { openDoor } = await import('@/lib/domain/redaction/door');
const { readWorkforce } = await import('@/lib/domain/schedule/problem');
const { addUpTallies } = await import('@/lib/domain/job/add-up-tallies');
const { createContext } = await import('@/lib/testing/factories');

/**
 * Inserts batches of 100 children over the last 30 days: of each 100 there are 80 completed, 10 partial, 5 failed of which
 * somebody discarded the failures, 1 paused, 1 running, 2 waiting for a slot and 1 that still waits for items.
 */
async function fillBatches({ organizationId }: Context): Promise<void> {
  for (let done = 0; done < most / SIZE; done += 1000) {
    await pool().query(
      `with made as (
         insert into batch (id, organization_id, type, name, status, total, completed, failed, paused, paused_at, queued_at, slot_freed, sealed,
           options, correlation_id, run, created_at, started_at, finished_at)
         select uuidv7(), $1, 'diagnostic', 'Batch ' || n, case when k < 80 then 'completed' when k < 90 then 'partial' when k < 95 then 'failed'
             when k in (97, 98) then 'pending' else 'in-progress' end,
           $3, case when k < 80 then $3 when k < 90 then $3 - 10 when k < 95 then 0 else $3 / 2 end,
           case when k < 80 then 0 when k < 90 then 10 when k < 95 then $3 else 0 end, k = 95, case when k = 95 then at end,
           case when k in (97, 98) then at end, k = 95, k < 99, '{}', 'bench', 1, at, at, case when k < 95 then at end
         from (select n, n % 100 as k, now() - n * (interval '30 days' / ($4::int + 1)) as at from generate_series($2::int, $2::int + 999) n) b
         where n < $4 returning id, status, name, failed, completed),
       dispatched as (
         insert into batch_dispatch (batch_id, initial, last_seq, cursor, reach) select id, $3, $3, $3 / 2 + 4, $3 / 2 + 3 from made)
       insert into job (id, organization_id, type, status, batch_id, item_index, attempt, data, result, error, discarded_at, started_at, finished_at)
       select uuidv7(), $1, 'diagnostic', state, id, i, 1, '{"payload":1}', '{}',
         case when state = 'failed' then '{"message":"refused"}'::json end,
         case when state = 'failed' and made.status = 'failed' then now() end, now(), case when state <> 'pending' then now() end
       from made cross join generate_series(0, $3::int - 1) i
         cross join lateral (select case when i < failed then 'failed' when i < failed + completed then 'completed' else 'pending' end as state) s`,
      [organizationId, done, SIZE, most / SIZE],
    );
  }
}

/** Inserts schedules with firings, some of which were missed, and single jobs. */
async function fillOthers({ organizationId, actor }: Context): Promise<void> {
  await pool().query(
    `with made as (
       insert into schedule (id, organization_id, name, every_seconds, time_zone, kind, launch, summary, types, next_at, paused_at, paused_why, created_by, created_by_id)
       select uuidv7(), $1, 'Schedule ' || n, 3600, 'UTC', 'job', '{}', '{}', '{diagnostic}',
         case when n % 20 > 0 then now() + interval '1 hour' end, case when n % 20 = 0 then now() end, case when n % 20 = 0 then 'It failed.' end,
         'bench', $4 from generate_series(1, $2::int) n returning id)
     insert into schedule_firing (schedule_id, due_at, status, overlap)
     select id, now() - n * interval '1 hour', case when n % 30 = 7 then 'missed' when n % 30 = 9 then 'failed' else 'launched' end, 'skip'
     from made, generate_series(1, $3::int) n`,
    [organizationId, SCHEDULES, FIRINGS, actor.id],
  );
  const singles = most / 50;
  await pool().query(
    `insert into job (id, organization_id, type, status, attempt, data, error, started_at, finished_at)
     select uuidv7(), $1, 'diagnostic', state, 1, '{}', case when state = 'failed' then '{"message":"refused"}'::json end, now(),
       case when state <> 'pending' then now() end
     from generate_series(1, $2::int) n
       cross join lateral (select case when n % 50 = 0 then 'failed' when n % 20 = 0 then 'pending' else 'completed' end as state) s`,
    [organizationId, singles],
  );
  // Does the work of the sweep and of autovacuum.
  for (let i = 0; i < Math.ceil(singles / 50_000) + 1; i += 1) await addUpTallies();
  await pool().query('vacuum analyze');
  await pool().query('checkpoint');
}

interface Cost {
  name: string;
  took: number[];
  /** milliseconds of processor time, of this process and of Postgres, and blocks read, of one call */
  processor: number;
  blocks: number;
}

async function measure(name: string, run: () => Promise<unknown>): Promise<Cost> {
  await run();
  await pool().query('select pg_stat_statements_reset()');
  const before = await processorTime(pool());
  const took: number[] = [];
  for (let i = 0; i < calls; i += 1) {
    const began = performance.now();
    await run();
    took.push(performance.now() - began);
  }
  const processor = ((await processorTime(pool())) - before) / calls;
  const { rows } = await pool().query<{ blocks: number }>(
    `select coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8 as blocks
     from pg_stat_statements where query not like '%pg_stat_statements%'`,
  );
  return { name, took, processor, blocks: (rows[0]?.blocks ?? 0) / calls };
}

const context = await createContext();
const costs: Cost[] = [];
try {
  await pool().query('create extension if not exists pg_stat_statements');
  await fillBatches(context);
  await fillOthers(context);
  const door = await openDoor(context);
  const openJobs = await countOpenJobs(context);
  const readers: [string, () => Promise<unknown>][] = [
    ['the whole list', () => listAttention(context)],
    ['who may see which contents', () => openDoor(context)],
    ['whether there are workers', () => readWorkforce(pool())],
    ['paused queues', () => listPausedQueues()],
    ['open jobs by type', () => countOpenJobs(context)],
    ['pauses of everything', () => findPausedWork(context, openJobs)],
    ['types without a worker', () => findWithoutWorker(context, openJobs, { works: false, missing: [] })],
    ['stuck batches', () => findStuckBatches(context, { pausedQueues: [] })],
    ['failed batches', () => findFailedBatches(context, { door })],
    ['batches without a slot', () => findWaitingForCapacity(context)],
    ['paused batches', () => findPausedBatches(context, { door })],
    ['dead letters', () => countDeadLetters(context.organizationId)],
    ['channels that are off', () => findChannelsOff(context)],
    ['paused schedules', () => schedules.findPausedSchedules(context)],
    ['schedules without a worker', () => schedules.findSchedulesWithoutWorker(context, { works: false, missing: [] })],
    ['missed and failed firings', () => schedules.findUnfired(context, { door })],
  ];
  for (const [name, run] of readers) costs.push(await measure(name, run));
} finally {
  await closePrisma();
  await closePool();
  await services.stop();
}

publish(
  'attention',
  `## What needs a person

\`npm run bench -- attention ${most} ${calls}\`: ${most.toLocaleString('en')} jobs in ${(most / SIZE).toLocaleString('en')} batches of one organization, of which
100 run, 100 are paused, 200 wait for a slot, 100 wait for items and 1,500 failed; ${SCHEDULES} schedules. ${calls} calls each, milliseconds. Processor time (of this process and of Postgres) and blocks are those of one call.

${table(
  ['reader', 'median', '95th', 'processor time', 'blocks'],
  costs.map(({ name, took, processor, blocks }) => [
    name,
    middle(took).toFixed(1),
    percentile(took, 0.95).toFixed(1),
    processor.toFixed(1),
    Math.round(blocks).toLocaleString('en'),
  ]),
)}
`,
);
process.exit(0);
