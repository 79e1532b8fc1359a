import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import type { Context } from '@/lib/domain/context';
import { listFlows } from '@/lib/domain/flow/list-flows';
import { getJob } from '@/lib/domain/job/get-job';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

// Runs the unchanged programs of docs/bullmq-clients.md, so that readers copy code that works.
const page = await readFile('docs/bullmq-clients.md', 'utf8');
const [adds, works, ...more] = [...page.matchAll(/```js\n(.*?)```/gs)].map((match) => match[1] ?? '');

let context: Context;
let workers: Workers;

beforeAll(async () => {
  expect(more).toEqual([]);
  context = await createContext();
  workers = await startWorkers();
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

/** Runs an external program: it shares only the environment with this process. */
const start = (program = ''): ChildProcess =>
  spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'inherit', 'pipe'] });

async function ended(child: ChildProcess): Promise<void> {
  const said = child.stderr ? text(child.stderr) : '';
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  expect(code, await said).toBe(0);
}

test('the documented client that adds jobs adds a job and a flow, and both run', async () => {
  await ended(start(adds));
  const note = await until('the job has ended', async () => {
    const [found] = (await listJobs(context, { q: 'a note', limit: 1 })).jobs;
    return found?.status === 'completed' && found;
  });
  expect(note).toMatchObject({ type: 'document-processing', maxAttempts: 3, backoff: { type: 'fixed', delay: 1000 } });
  const flow = await until('the flow has ended', async () => {
    const [found] = (await listFlows(context, { q: 'report', limit: 1 })).flows;
    return found !== undefined && found.finishedAt !== null && found;
  });
  expect(flow).toMatchObject({ status: 'completed', total: 2 });
  expect((await getJob(context, flow.id)).result).toMatchObject({ values: [1], sum: 1 });
});

test('the documented worker runs a job and reports its progress', async () => {
  const worker = start(works);
  const { result } = await launchBatch(context, {
    fields: { name: 'elsewhere', type: 'external', start: 'queue' },
    items: asItems([{ n: 1 }, { n: 21 }]),
  });
  await until('the batch has ended', async () => (await getBatch(context, result.batchId)).status === 'completed');
  const { jobs } = await listBatchJobs(context, result.batchId, { limit: 10 });
  expect(jobs.map((job) => JSON.parse(job.resultPreview ?? ''))).toEqual([{ doubled: 2 }, { doubled: 42 }]);
  expect(jobs[0]?.progress).toMatchObject({ current: 1, total: 2, message: 'half way' });
  worker.kill('SIGTERM');
  await ended(worker);
});
