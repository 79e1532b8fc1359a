import { createHash } from 'node:crypto';
import { must } from '@/lib/contracts/must';
import type { Context } from '@/lib/domain/context';
import type { InputOf } from '@/lib/job-types/catalogue';
import { mebibytes } from './figures';
import { publish, table } from './report';
import { keepPeaks } from './served';
import { startServices } from './services';

/**
 * Converts tables that are larger than the process's heap. `npm run bench -- conversion <rows of 1 kB> <heap in MiB>`
 */
const [rows, heap] = process.argv.slice(2).map(Number) as [number, number];
const COLUMNS = 12;
const CHAIN = ['jsonl', 'parquet', 'xlsx', 'csv'] as const;

const services = await startServices({ redis: false });
// JSON lines repeat the column names in every row.
process.env.MAX_UPLOAD_BYTES = String(8 * 1024 ** 3);
// Imported after the environment is set, because the first import reads it once.
const { closePool } = await import('@/lib/db/pool');
const { closePrisma } = await import('@/lib/db/prisma');
const { openFile } = await import('@/lib/domain/file/open-file');
const { storeFile } = await import('@/lib/domain/file/store-file');
const { createJob } = await import('@/lib/domain/job/create-job');
const { getJob } = await import('@/lib/domain/job/get-job');
const { until } = await import('@/lib/testing/until');
const { newContext, startWorkers } = await import('./product');

/** Rows of about 1 kB: numbers, text that needs quotes, and empty cells. All rows differ. */
async function* csv(): AsyncGenerator<Uint8Array> {
  const names = Array.from({ length: COLUMNS }, (_, i) => `column ${i}`);
  yield Buffer.from(`${names.join(',')}\r\n`);
  const filling = 'Zwölf Boxkämpfer jagen Viktor über den Deich; pack my box. '.repeat(2).slice(0, 96);
  for (let from = 0; from < rows; from += 500) {
    let block = '';
    for (let row = from; row < Math.min(from + 500, rows); row += 1) {
      const cells = names
        .slice(2)
        .map((_, i) => (i === 5 ? '' : `${(row * 2654435761 + i * 97) % 2 ** 32} ${filling}`));
      block += `${row},"a ""quoted"" cell, number ${row}",${cells.join(',')}\r\n`;
    }
    yield Buffer.from(block);
  }
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: { update(data: Uint8Array): unknown }) {
  for await (const part of body) {
    hash.update(part);
    yield part;
  }
}

interface Converted {
  to: string;
  fileId: string;
  bytes: number;
  seconds: number;
  peak: number;
}

async function convert(context: Context, data: Pick<InputOf<'data-conversion'>, 'fileId' | 'to'>): Promise<Converted> {
  const peaks = new Map<string, number>();
  const { job } = await createJob(context, { type: 'data-conversion', data, maxAttempts: 1 });
  const ended = await until(
    `the table is ${data.to}`,
    async () => {
      keepPeaks(peaks);
      const seen = await getJob(context, job.id);
      return seen.finishedAt !== null && seen;
    },
    { timeoutMs: 7_200_000, everyMs: 200 },
  );
  if (ended.status !== 'completed') throw new Error(`${data.to}: ${JSON.stringify(ended.error)}`);
  const result = ended.result as { fileId: string; bytes: number; rows: number };
  if (result.rows !== rows) throw new Error(`${result.rows} of ${rows} rows became ${data.to}`);
  return {
    to: data.to,
    fileId: result.fileId,
    bytes: result.bytes,
    seconds: (Date.parse(must(ended.finishedAt, 'The end')) - Date.parse(must(ended.startedAt, 'The start'))) / 1000,
    peak: peaks.get('consumer') ?? Number.NaN,
  };
}

const workers = await startWorkers({
  NODE_OPTIONS: `--max-old-space-size=${heap}`,
  MAX_UPLOAD_BYTES: process.env.MAX_UPLOAD_BYTES,
  WORKER_PROCESSES: '1',
});
const done: Converted[] = [];
const [before, after] = [createHash('sha256'), createHash('sha256')];
let size = 0;
try {
  const context = await newContext();
  const file = await storeFile(context, { name: 'large.csv', body: hashed(csv(), before) });
  size = file.size;
  let { fileId } = file;
  for (const to of CHAIN) {
    const converted = await convert(context, { fileId, to });
    console.log(`${to}: ${converted.seconds.toFixed(1)} s, ${mebibytes(converted.peak)} MiB`);
    done.push(converted);
    fileId = converted.fileId;
  }
  for await (const part of (await openFile(context, fileId)).stream as AsyncIterable<Uint8Array>) after.update(part);
  if (before.digest('hex') !== after.digest('hex')) throw new Error('The table that came back is not the one sent.');
} finally {
  await workers.stop();
  await closePrisma();
  await closePool();
  await services.stop();
}

publish(
  'conversion',
  `## Converting a table larger than memory

\`npm run bench -- conversion ${rows} ${heap}\`: a CSV of ${rows.toLocaleString('en')} rows and ${COLUMNS} columns, ${mebibytes(size)} MiB, is converted
from format to format by a consumer whose heap may have ${heap} MiB. The CSV at the end equals the first one, byte by byte.

${table(
  ['from', 'to', 'MiB written', 'seconds', 'rows/s', 'consumer at most, MiB'],
  done.map((step, i) => [
    CHAIN[i - 1] ?? 'csv',
    step.to,
    mebibytes(step.bytes),
    step.seconds.toFixed(1),
    Math.round(rows / step.seconds).toLocaleString('en'),
    mebibytes(step.peak),
  ]),
)}
`,
);
process.exit(0);
