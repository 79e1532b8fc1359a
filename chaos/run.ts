import { isFinished } from '@/lib/contracts/status';
import type { Fault } from './faults';
import { openYard, type Yard } from './yard';

/** One fault under load on one backend, judged by the oracle. */
interface Verdict {
  fault: string;
  jobs: number;
  seconds: number;
  lost: number;
  miscounted: number;
  stuck: number;
  note: string;
}

const [backend, size, form] = process.argv.slice(2) as ['redis' | 'postgres', string, string | undefined];
const jobs = Number(size);
const yard = await openYard(backend);
// After the environment is set, because whatever is imported first reads it once.
const { FAULTS } = await import('./faults');
const { pool, closePool, closePrisma } = await import('@/lib/db');
const { launchBatch, getBatches } = await import('@/lib/domain/batch');
const { closeEvents } = await import('@/lib/events');
const { closeQueues } = await import('@/lib/queue');
const { createContext } = await import('@/lib/testing/factories');
const { asItems } = await import('@/lib/testing/items');
const { findBroken } = await import('@/lib/testing/oracle');
const { until } = await import('@/lib/testing/until');

/** A fault heals within this, or the batch counts as stuck. */
const PATIENCE_MS = 120_000;
const BATCHES = 2;

/** Mixed work: quick and slow, good and bad, with retries. */
const item = (i: number): unknown => ({
  durationMs: i % 7 === 0 ? 60 : 8,
  outcome: i % 11 === 0 ? 'fail' : i % 13 === 0 ? 'fail-once' : 'complete',
});

async function inflict(yard: Yard, fault: Fault): Promise<Verdict> {
  const began = performance.now();
  const context = await createContext();
  const launches = await Promise.all(
    Array.from({ length: BATCHES }, (_, n) =>
      launchBatch(context, {
        fields: {
          name: `${fault.name} ${n + 1}`,
          type: 'diagnostic',
          start: 'queue',
          options: { maxAttempts: 2, backoff: { type: 'fixed', delay: 50 }, ...(n === 0 ? { concurrency: 20 } : {}) },
        },
        items: asItems(Array.from({ length: jobs }, (_, i) => item(i))),
      }),
    ),
  );
  const ids = launches.map((l) => l.result.batchId);
  const patient = { timeoutMs: PATIENCE_MS, everyMs: 100 };
  const seen = () => getBatches(context, ids).catch(() => undefined);
  await until('both batches run', async () => (await seen())?.every((b) => b.completed > 0), patient);
  let note = '';
  await fault.strike(yard, context, ids).catch((error: Error) => {
    note = error.message;
  });
  const finished = await until(
    'all have finished',
    async () => (await seen())?.every((b) => isFinished(b.status)),
    patient,
  ).then(
    () => true,
    () => false,
  );
  const batches = (await seen()) ?? [];
  const broken = await findBroken();
  return {
    fault: fault.name,
    jobs: jobs * BATCHES,
    seconds: (performance.now() - began) / 1000,
    lost: broken.filter((b) => b.why.startsWith('an acknowledged row')).length,
    miscounted: broken.filter((b) => !b.why.startsWith('an acknowledged row')).length,
    stuck: finished ? 0 : batches.filter((b) => !isFinished(b.status)).length,
    note: note || (finished ? '' : JSON.stringify(batches.map((b) => [b.status, b.pending, b.active]))),
  };
}

const row = (cells: (string | number)[]) =>
  `  ${String(cells[0]).padEnd(46)}${cells
    .slice(1, 6)
    .map((c) => String(c).padStart(9))
    .join('')}  ${cells[6] ?? ''}`;

let bad = 0;
try {
  await until(
    'the workers run',
    async () => (await pool().query('select 1 from node where processes > 0')).rows.length > 0,
    {
      timeoutMs: PATIENCE_MS,
    },
  );
  console.log(`\nqueues on ${backend}, ${jobs * BATCHES} jobs a fault`);
  console.log(row(['fault', 'jobs', 'seconds', 'lost', 'miscount', 'stuck']));
  for (const fault of FAULTS.filter((f) => (!f.on || f.on === backend) && (form !== 'short' || f.short))) {
    const v = await inflict(yard, fault);
    if (v.lost + v.miscounted + v.stuck > 0 || v.note) bad += 1;
    console.log(row([v.fault, v.jobs, v.seconds.toFixed(1), v.lost, v.miscounted, v.stuck, v.note]));
  }
} finally {
  await Promise.allSettled([closeQueues(), closeEvents()]);
  await closePrisma();
  await closePool();
  await yard.stop();
}
process.exit(bad === 0 ? 0 : 1);
