import { type CpuTimes, cpuPerJob, readCpuTimes } from './cpu';
import { middle } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/** Measures what a searchable field costs, in alternated rounds. `npm run bench -- searchable <items> <rounds>` */
const [size, rounds] = process.argv.slice(2).map(Number) as [number, number];
const VALUES = 5000;
const FIELD = 'payload.customer';

const services = await startServices({ redis: false });
// Imported after the environment is set, because the first import reads it once.
const { batchesEnded, closeConnections, launchOf, newContext, startWorkers } = await import('./product');
const { startBatch } = await import('@/lib/domain/batch/start-batch');

const KINDS = ['none', 'one'] as const;
type Kind = (typeof KINDS)[number];
/** Microseconds of processor time of an item. */
interface Cost {
  launch: number;
  run: number;
}

const items = Array.from({ length: size }, (_, i) => ({
  payload: { customer: `c${i % VALUES}`, note: 'x'.repeat(100) },
}));
const total = (cpu: CpuTimes): number => [...cpu.values()].reduce((sum, us) => sum + us, 0);

async function measure(context: Awaited<ReturnType<typeof newContext>>, kind: Kind): Promise<Cost> {
  const before = readCpuTimes();
  const batchId = await launchOf(context, items, kind === 'one' ? { searchable: [FIELD] } : {});
  const launched = readCpuTimes();
  await startBatch(context, batchId);
  await batchesEnded([batchId]);
  const done = readCpuTimes();
  return { launch: total(cpuPerJob(before, launched, size)), run: total(cpuPerJob(launched, done, size)) };
}

const measured: Record<Kind, Cost[]> = { none: [], one: [] };
try {
  const context = await newContext();
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  // Each kind is run once unmeasured: code is compiled and plans are made.
  for (const kind of KINDS) await measure(context, kind);
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) measured[kind].push(await measure(context, kind));
  }
  await workers.stop();
} finally {
  await closeConnections();
  await services.stop();
}

const cost = (kind: Kind, of: (each: Cost) => number): number => middle(measured[kind].map(of));
const row = (name: string, of: (each: Cost) => number): string[] => {
  const [none, one] = [cost('none', of), cost('one', of)];
  return [name, none.toFixed(1), one.toFixed(1), `${((one / none - 1) * 100).toFixed(1)} %`];
};

publish(
  'searchable',
  `## What a searchable field costs

\`npm run bench -- searchable ${size} ${rounds}\`: ${size.toLocaleString('en')} no-op jobs of 130 bytes in each batch, launched and run with and without
one searchable field in turns, median of ${rounds} rounds, queues on Postgres. Microseconds of processor time for each job, all processes.

${table(
  ['part', 'without', 'with one', 'more'],
  [
    row('launch', ({ launch }) => launch),
    row('run and record', ({ run }) => run),
    row('**both**', ({ launch, run }) => launch + run),
  ],
)}
`,
);
process.exit(0);
