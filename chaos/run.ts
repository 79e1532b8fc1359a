import { isFinished } from '@/lib/contracts/status';
import type { Fault } from './fault';
import { openInstallation } from './installation';

/** Runs all rounds of one fault under load on one backend, checked by the oracle. */
interface Verdict {
  rounds: number;
  faults: number;
  jobs: number;
  seconds: number;
  lost: number;
  doubled: number;
  stuck: number;
  notes: string[];
}

const [backend, size, roundsGiven, form, only, bulkRows] = process.argv.slice(2) as ['redis' | 'postgres', ...string[]];
const jobs = Number(size);
const rounds = Number(roundsGiven);
const installation = await openInstallation(backend);
// Imported after the environment is set, because the first import reads it.
const { FAULTS } = await import('./faults/faults');
const { openJournal, readJournal } = await import('./journal');
const { openScene, statesOf, watchBundles } = await import('./load');
const { pool, closePool } = await import('@/lib/db/pool');
const { closePrisma } = await import('@/lib/db/prisma');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { closeEvents } = await import('@/lib/events/relay');
const { closeQueues } = await import('@/lib/queue/queues');
const { findMiscounted } = await import('@/lib/testing/history-oracle');
const { findBroken } = await import('@/lib/testing/oracle');
const { until } = await import('@/lib/testing/until');

/** The recovery time limit of a fault; after it a batch counts as stuck. */
const PATIENCE_MS = 420_000;
const patient = { timeoutMs: PATIENCE_MS + Number(bulkRows) * 10, everyMs: 100 };
let bundled = 0;

async function inflict(fault: Fault, verdict: Verdict): Promise<void> {
  const scene = await openScene(installation, fault.name, jobs, Number(bulkRows));
  const states = () => statesOf(scene.batchIds).catch(() => undefined);
  const bundles = watchBundles();
  try {
    await until('the batches run', async () => (await states())?.every((b) => b.completed > 0), patient);
    const struck = await fault.strike(scene);
    if (struck === 0) verdict.notes.push('the fault did not happen');
    verdict.faults += struck;
  } catch (error) {
    verdict.notes.push((error as Error).message);
  }
  const finished = await until(
    'all have finished',
    async () => (await states())?.every((b) => isFinished(b.status)),
    patient,
  )
    .then(() => true)
    .catch(() => false);
  bundled = Math.max(bundled, bundles.stop());
  const ended = await until('Postgres answers', states, patient);
  verdict.rounds += 1;
  verdict.jobs += ended.reduce((sum, b) => sum + b.total, 0);
  if (!finished) {
    const stuck = ended.filter((b) => !isFinished(b.status));
    verdict.stuck += stuck.length;
    verdict.notes.push(`stuck: ${JSON.stringify(stuck)}`);
  }
  const own = new Set(scene.batchIds);
  const broken = (await findBroken()).filter((b) => own.has(b.batchId));
  const isLost = (why: string) => why.startsWith('an acknowledged row');
  verdict.lost += broken.filter((b) => isLost(b.why)).length;
  const noted = [...(await readJournal()), ...(await findMiscounted())];
  verdict.doubled += broken.filter((b) => !isLost(b.why)).length + noted.length;
  verdict.notes.push(...broken.map((b) => b.why), ...new Set(noted));
}

const row = (cells: (string | number)[], mark = ' ') =>
  `${mark} ${String(cells[0]).padEnd(50)}${cells
    .slice(1, 8)
    .map((c) => String(c).padStart(9))
    .join('')}  ${cells[8] ?? ''}`.trimEnd();

let bad = 0;
const total: Verdict = { rounds: 0, faults: 0, jobs: 0, seconds: 0, lost: 0, doubled: 0, stuck: 0, notes: [] };
try {
  await initialize();
  await openJournal();
  await until(
    'the workers run',
    async () => (await pool().query('select 1 from node where processes > 0')).rows.length > 0,
    patient,
  );
  console.log(`\nqueues on ${backend}`);
  console.log(row(['fault', 'rounds', 'faults', 'jobs', 'lost', 'doubled', 'stuck', 'seconds']));
  const chosen = FAULTS.filter((f) => (!f.on || f.on === backend) && (form !== 'short' || f.short));
  const struck = chosen.filter((f) => !only || only.split('|').some((words) => f.name.includes(words)));
  if (struck.length === 0) throw new Error(`No fault on ${backend} has a name with "${only}".`);
  for (const fault of struck) {
    const began = performance.now();
    const v: Verdict = { rounds: 0, faults: 0, jobs: 0, seconds: 0, lost: 0, doubled: 0, stuck: 0, notes: [] };
    while (v.rounds < rounds && v.stuck === 0) await inflict(fault, v);
    v.seconds = (performance.now() - began) / 1000;
    const isBad = v.lost + v.doubled + v.stuck + v.notes.length > 0;
    if (isBad) bad += 1;
    const { rounds: done, faults, jobs: ran, lost, doubled, stuck } = v;
    const cells = [fault.name, done, faults, ran, lost, doubled, stuck, v.seconds.toFixed(1), v.notes.join('; ')];
    console.log(row(cells, isBad ? '✗' : ' '));
    for (const key of ['rounds', 'faults', 'jobs', 'lost', 'doubled', 'stuck', 'seconds'] as const)
      total[key] += v[key];
  }
  console.log(
    row([
      'all',
      total.rounds,
      total.faults,
      total.jobs,
      total.lost,
      total.doubled,
      total.stuck,
      total.seconds.toFixed(1),
    ]),
  );
  console.log(`  deliveries carried up to ${bundled} rows`);
  if (bundled < 2 && struck.some((f) => !f.beside)) {
    bad += 1;
    console.log('✗ no delivery with several rows was seen, so the faults did not hit any');
  }
} finally {
  await Promise.allSettled([closeQueues(), closeEvents()]);
  await closePrisma();
  await closePool();
  await installation.stop();
}
process.exit(bad === 0 ? 0 : 1);
