import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '@/lib/domain/context';
import { percentile, spread } from './figures';
import { watchDatabase } from './million-watch';
import { publish, table } from './report';
import { keepPeaks } from './served';
import { startServices } from './services';

/**
 * Retries many failed jobs by a bulk action while another organization lists and launches.
 * `npm run bench -- bulk <rows> <rounds>`
 */
const [most, rounds] = process.argv.slice(2).map(Number) as [number, number];
const BATCHES = 10;
const SMALL = 10;
const PAUSE_MS = 100;
const ALONE_MS = 20_000;

const services = await startServices({ redis: false });
// Imported after the environment is set, because the first import reads it once.
const { closeConnections, startWorkers } = await import('./product');
const { pool } = await import('@/lib/db/pool');
const { launchBatch } = await import('@/lib/domain/batch/launch-batch');
const { listBatches } = await import('@/lib/domain/batch/list-batches');
const { estimateBulkAction } = await import('@/lib/domain/bulk-action/estimate-bulk-action');
const { startBulkAction } = await import('@/lib/domain/bulk-action/start-bulk-action');
const { pauseAll } = await import('@/lib/domain/pause/pause-all');
const { createContext } = await import('@/lib/testing/factories');
const { asItems } = await import('@/lib/testing/items');
const { until } = await import('@/lib/testing/until');

const PATIENT = { timeoutMs: 3_600_000, everyMs: 200 };

/** Inserts batches whose children all failed, as they are after their run. */
async function fill({ organizationId }: Context): Promise<void> {
  for (let i = 0; i < BATCHES; i += 1) {
    await pool().query(
      `with made as (
         insert into batch (id, organization_id, type, name, status, total, failed, options, correlation_id, run, started_at, finished_at)
         values (uuidv7(), $1, 'diagnostic', 'Batch ' || $2, 'failed', $3, $3, '{}', 'bench', 1, now(), now()) returning id
       ), dispatched as (
         insert into batch_dispatch (batch_id, initial, last_seq, cursor, reach) select id, $3, $3, $3, $3 - 1 from made)
       insert into job (id, organization_id, type, status, batch_id, item_index, attempt, attempts_made, data, error, started_at, finished_at)
       select uuidv7(), $1, 'diagnostic', 'failed', made.id, n, 1, 1, json_build_object('payload', json_build_object('customer', 'c' || n % 1000)),
         json_build_object('message', 'Timeout after ' || n || ' ms', 'code', 'timeout'), now(), now()
       from made, generate_series(0, $3::int - 1) n`,
      [organizationId, i, Math.floor(most / BATCHES)],
    );
  }
  await pool().query('vacuum analyze');
  await pool().query('checkpoint');
}

const estimate = (context: Context, query: string) => estimateBulkAction(context, { action: 'retry', query });

interface Waits {
  list: number[];
  launch: number[];
  end: number[];
}

/** Lists and launches as another organization, one after the other. `stop` returns how long each took, in milliseconds. */
function watchOther(context: Context) {
  const waits: Waits = { list: [], launch: [], end: [] };
  let on = true;
  const looking = (async () => {
    while (on) {
      let began = performance.now();
      await listBatches(context, { limit: 50 });
      waits.list.push(performance.now() - began);
      began = performance.now();
      const { result } = await launchBatch(context, {
        fields: { name: 'small', type: 'diagnostic', start: 'now' },
        items: asItems(Array.from({ length: SMALL }, () => ({ payload: 1 }))),
      });
      waits.launch.push(performance.now() - began);
      await until(
        'the small batch has ended',
        async () =>
          (await pool().query('select from batch where id = $1 and finished_at is not null', [result.batchId])).rows
            .length > 0,
        { ...PATIENT, everyMs: 10 },
      );
      waits.end.push(performance.now() - began);
      await sleep(PAUSE_MS);
    }
  })();
  looking.catch(() => undefined);
  return {
    async stop(): Promise<Waits> {
      on = false;
      await looking;
      return waits;
    },
  };
}

interface Phase {
  ms: number;
  waits: Waits;
  longest: { statement: number; transaction: number; wait: number; waiting: string; oldest: string };
  supervisor: number;
}

/** Runs a part while the other organization works, and notes what it costs. */
async function measure(other: Context, work: () => Promise<unknown>): Promise<Phase> {
  const peaks = new Map<string, number>();
  const look = setInterval(() => keepPeaks(peaks), 500);
  const watched = await watchDatabase();
  const working = watchOther(other);
  const began = performance.now();
  let ms = Number.NaN;
  try {
    await work();
    ms = performance.now() - began;
  } catch (error) {
    console.error(error);
    throw error;
  } finally {
    clearInterval(look);
  }
  const waits = await working.stop();
  return { ms, waits, longest: await watched.stop(), supervisor: peaks.get('supervisor') ?? Number.NaN };
}

type Name = 'alone' | 'search' | 'estimate' | 'retry';

interface Round extends Record<Name, Phase> {
  /** jobs that each estimate found in its time */
  found: Record<Name, number>;
}

/** Waits for the end of a bulk action that retries everything. @throws Error unless it retried each job */
async function retried(id: string): Promise<void> {
  const { matched, done } = await until(
    'the bulk action has ended',
    async () => {
      const { rows } = await pool().query<{ status: string; matched: number; done: number }>(
        'select status, matched, done from bulk_action where id = $1',
        [id],
      );
      return rows[0]?.status === 'completed' && rows[0];
    },
    PATIENT,
  );
  if (done !== matched) throw new Error(`${done} of ${matched} chosen jobs were retried`);
}

const all: Round[] = [];
try {
  const workers = await startWorkers({ WORKER_PROCESSES: '1', MAX_ACTIVE_BATCHES: `${BATCHES + 2}` });
  const other = await createContext({ name: 'other' });
  for (let i = 0; i < rounds; i += 1) {
    const context = await createContext({ name: `bulk ${i}` });
    await fill(context);
    // What was retried waits, so the figures are those of the bulk action and not of the work that it starts.
    await pauseAll(context, { everywhere: false });
    const alone = await measure(other, () => sleep(ALONE_MS));
    const found = { alone: 0, search: 0, estimate: 0, retry: 0 };
    let token = '';
    const search = await measure(other, async () => {
      found.search = (await estimate(context, 'status:failed data.payload.customer:c*')).matched;
    });
    const indexed = await measure(other, async () => {
      const estimated = await estimate(context, 'status:failed');
      token = estimated.token;
      found.estimate = estimated.matched;
      found.retry = estimated.matched;
    });
    const retry = await measure(other, async () => {
      await startBulkAction(context, token);
      await retried(token);
    });
    all.push({ found, alone, search, estimate: indexed, retry });
    const { wait, waiting, transaction, oldest } = retry.longest;
    console.log(
      `round ${i + 1} of ${rounds}: retried in ${(retry.ms / 1000).toFixed(1)} s at a load of ${loadavg()[0]?.toFixed(1)}`,
    );
    console.log(`  the longest wait for a lock, ${wait.toFixed(0)} ms: ${waiting}`);
    console.log(`  the longest transaction, ${transaction.toFixed(0)} ms, had come to: ${oldest}`);
  }
  await workers.stop();
} finally {
  await closeConnections();
  await services.stop();
}

const each = (pick: (round: Round) => number): string => spread(all.map(pick));
const joined = (phase: Name, what: keyof Waits): string[] => {
  const took = all.flatMap((round) => round[phase].waits[what]);
  return [percentile(took, 0.5), percentile(took, 0.95), Math.max(...took)].map((ms) => ms.toFixed(0));
};
const PHASES = [
  ['nothing, for comparison', 'alone'],
  ['estimate by a field without an index', 'search'],
  ['estimate by status', 'estimate'],
  ['retry', 'retry'],
] as const;

publish(
  'bulk',
  `## Bulk actions on ${most.toLocaleString('en')} jobs

\`npm run bench -- bulk ${most} ${rounds}\`: ${most.toLocaleString('en')} failed jobs in ${BATCHES} batches of one organization are estimated and then retried, queues on Postgres.
The organization is paused, so nothing else runs for it. Meanwhile another organization lists its batches and launches batches of
${SMALL} no-op jobs, one after the other. The database is watched every 20 ms: the longest transaction (no lock is held for longer) and the
longest wait for a lock. Median (lowest–highest) of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.

${table(
  [
    'what',
    'jobs',
    'seconds',
    'jobs/s',
    'longest statement, ms',
    'longest transaction, ms',
    'longest wait for a lock, ms',
    'supervisor at most, MiB',
  ],
  PHASES.map(([name, phase]) => [
    name,
    phase === 'alone' ? '–' : each(({ found }) => found[phase]),
    all.map((round) => (round[phase].ms / 1000).toFixed(1)).join(', '),
    phase === 'alone' ? '–' : each((round) => round.found[phase] / (round[phase].ms / 1000)),
    each((round) => round[phase].longest.statement),
    each((round) => round[phase].longest.transaction),
    each((round) => round[phase].longest.wait),
    each((round) => round[phase].supervisor / 2 ** 20),
  ]),
)}

What the other organization waits, in milliseconds: median, 95th, longest.

${table(
  ['meanwhile', 'list of batches', '', '', `launch of ${SMALL}`, '', '', 'until it has ended', '', ''],
  PHASES.map(([name, phase]) => [name, ...joined(phase, 'list'), ...joined(phase, 'launch'), ...joined(phase, 'end')]),
)}
`,
);
process.exit(0);
