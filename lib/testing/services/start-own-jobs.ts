import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from '@/lib/config/env';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { buildJobs } from '@/lib/own-jobs/build-jobs';
import { oneFolder } from '@/lib/own-jobs/sources';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers } from './start-workers';

/** Workers with a folder of jobs. */
export interface OwnJobsRun {
  folder: string;
  /** stops the workers, checks the rows, and removes the folder */
  stop(): Promise<void>;
}

/** Starts workers that have own types, written as users write them. @param jobs the text of each file, by type */
export async function startOwnJobs(jobs: Record<string, string>): Promise<OwnJobsRun> {
  const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
  for (const [type, text] of Object.entries(jobs)) writeFileSync(join(folder, `${type}.ts`), text);
  const { entries } = await buildJobs({
    root: process.cwd(),
    from: oneFolder(folder),
    out: join(env().DATA_DIR, 'jobs'),
    examiner: join(process.cwd(), 'dist', 'scripts', 'examine-job.js'),
    examineMs: 240_000,
  });
  for (const { path, error } of entries) if (error) throw new Error(`${path} is broken: ${error.message}`);
  // Some of them kill their consumer, which is logged.
  const workers = await startWorkers({}, { quiet: true });
  await refreshTypes();
  return {
    folder,
    async stop() {
      const code = await workers.stop();
      if (code !== 0) throw new Error(`The supervisor ended with ${code}.`);
      await expectConsistent();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
