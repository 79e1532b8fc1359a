import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from '@/lib/config/env';
import { startBatch } from '@/lib/domain/batch/start-batch';
import type { Context } from '@/lib/domain/context';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { buildJobs } from '@/lib/own-jobs/build-jobs';
import { oneFolder } from '@/lib/own-jobs/sources';
import { batchesEnded, launchOf, startWorkers, type Workers } from './product';

/** Starts one consumer that has a folder of job files. @param jobs the text of each file, by type */
export async function startWithJobs(jobs: Record<string, string>): Promise<Workers> {
  const folder = join(env().DATA_DIR, 'job-files');
  mkdirSync(folder);
  for (const [type, text] of Object.entries(jobs)) writeFileSync(join(folder, `${type}.ts`), text);
  const root = process.cwd();
  const examiner = join(root, 'dist', 'scripts', 'examine-job.js');
  const { entries } = await buildJobs({ root, from: oneFolder(folder), out: join(env().DATA_DIR, 'jobs'), examiner });
  for (const { path, error } of entries) if (error) throw new Error(`${path}: ${error.message}`);
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  await refreshTypes();
  return workers;
}

/** Runs a batch of a type. @param concurrency 0 = as many as the consumer takes @returns rows per second, from its start to its end */
export async function rowsPerSecond(
  context: Context,
  { type, rows, item, concurrency = 0 }: { type: string; rows: number; item: unknown; concurrency?: number },
): Promise<number> {
  const items = Array.from({ length: rows }, () => item);
  const batchId = await launchOf(context, items, { type, options: { concurrency } });
  await startBatch(context, batchId);
  return (rows / (await batchesEnded([batchId]))) * 1000;
}
