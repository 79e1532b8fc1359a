import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import type { JobTypeDto } from '@/lib/contracts/job-type';
import { stringifyJson } from '@/lib/contracts/json';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { startBatch } from '@/lib/domain/batch/start-batch';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { listAllowedTypes } from '@/lib/domain/job-type/list-job-types';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { buildJobs } from '@/lib/own-jobs/build-jobs';
import { oneFolder } from '@/lib/own-jobs/sources';
import { batchEnded, jobEnded } from '@/lib/testing/ended';
import { createContext, jobRows } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

// A folder of job files on the machine of the workers. This process is what the web process is elsewhere: it knows the
// types only from what the workers announce.

const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
let context: Context;
let workers: Workers;

const build = () =>
  buildJobs({
    root: process.cwd(),
    from: oneFolder(folder),
    out: join(env().DATA_DIR, 'jobs'),
    examiner: join(process.cwd(), 'dist', 'scripts', 'examine-job.js'),
    examineMs: 240_000,
  });

const save = (path: string, text: string): void => writeFileSync(join(folder, path), text);

const wordCount = (words: string) => `
import { defineJob, PermanentError } from 'batchyard';
import { existsSync } from 'node:fs';
import { z } from 'zod';

export default defineJob({
  title: 'Count words',
  icon: 'hash',
  input: z.object({ text: z.string().max(1000), waitFor: z.string().optional() }).refine((d) => d.text !== 'odd', 'is odd'),
  output: z.object({ words: z.int() }),
  defaults: { maxAttempts: 1, timeoutMs: 120_000 },
  async run({ data, log, updateProgress, signal }) {
    if (data.text === 'empty') throw new PermanentError('Nothing to count', 'empty');
    if (data.text === 'wrong') return { words: 'many' } as never;
    while (data.waitFor && !existsSync(data.waitFor)) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    updateProgress(1, 1);
    log('info', 'counted');
    return { words: ${words} };
  },
});`;

const SPACES = "data.text.split(' ').length";

async function typeOf(name: string): Promise<JobTypeDto | undefined> {
  return (await listAllowedTypes(context)).find(({ type }) => type === name);
}

const launch = async (items: unknown[], start: 'queue' | 'manual' = 'queue') => {
  const { result } = await launchBatch(context, {
    fields: { name: 'own', type: 'word-count', options: {}, start },
    items: asItems(items),
  });
  return result.batchId;
};

beforeAll(async () => {
  context = await createContext();
  save('word-count.ts', wordCount(SPACES));
  save('broken.ts', "throw new Error('no key');");
  await build();
  workers = await startWorkers();
  await refreshTypes();
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
  rmSync(folder, { recursive: true, force: true });
});

test('the workers announce the types of a folder, and what is broken is an entry of its own', async () => {
  expect(await typeOf('word-count')).toMatchObject({
    title: 'Count words',
    icon: 'hash',
    source: 'file',
    state: 'offered',
    launchable: true,
    inputSchema: { properties: { text: { type: 'string', maxLength: 1000 } } },
    workers: [{ version: expect.stringMatching(/^[0-9a-f]{12}$/) }],
  });
  expect(await typeOf('broken')).toMatchObject({
    state: 'broken',
    launchable: false,
    workers: [],
    error: { message: 'Loading the file failed: no key', file: 'broken.ts', line: 1 },
  });
  await expect(createJob(context, { type: 'broken', data: {} })).rejects.toMatchObject({ code: 'unknown-job-type' });
});

test('a batch of an own type runs, and each item fails or completes on its own', async () => {
  const batchId = await launch([
    ...Array.from({ length: 30 }, () => ({ text: 'one two three' })),
    { text: 'empty' },
    { text: 'wrong' },
    { text: 'odd' },
  ]);
  expect(await batchEnded(context, batchId)).toMatchObject({ completed: 30, failed: 3 });
  const { jobs } = await listBatchJobs(context, batchId, { status: ['failed'], limit: 10 });
  expect(jobs.map(({ error }) => error?.code).sort()).toEqual(['empty', 'invalid-data', 'invalid-result']);
  const { jobs: done } = await listBatchJobs(context, batchId, { status: ['completed'], limit: 1 });
  expect((await getJob(context, done[0]?.id ?? '')).result).toEqual({ words: 3 });
});

test('a launch is checked by the schema that the workers announced', async () => {
  await expect(createJob(context, { type: 'word-count', data: { text: 5 } })).rejects.toMatchObject({
    code: 'invalid-data',
    errors: [{ path: 'data.text' }],
  });
});

test('a saved file is live without a restart, what runs ends with the code that it began with, and nothing is lost', async () => {
  const gate = join(folder, '_gate');
  const { job: running } = await createJob(context, { type: 'word-count', data: { text: 'a b', waitFor: gate } });
  await until('it runs', async () => (await getJob(context, running.id)).status === 'active');
  const before = (await typeOf('word-count'))?.version;
  save('word-count.ts', wordCount('1000'));
  await build();
  await until('the new code is announced', async () => (await typeOf('word-count'))?.version !== before);
  const { job } = await createJob(context, { type: 'word-count', data: { text: 'a b' } });
  await until('the new code runs', async () => {
    const { job: again } = await createJob(context, { type: 'word-count', data: { text: 'a b' } });
    return stringifyJson((await jobEnded(context, again.id)).result) === '{"words":1000}';
  });
  await jobEnded(context, job.id);
  save('_gate', '');
  expect(await jobEnded(context, running.id)).toMatchObject({
    status: 'completed',
    attemptsMade: 1,
    result: { words: 2 },
  });
  expect(existsSync(gate)).toBe(true);
});

test('jobs of a type whose file is removed wait visibly, and go on when it is back', async () => {
  rmSync(join(folder, 'word-count.ts'));
  const waiting = await launch([{ text: 'a' }, { text: 'b' }], 'manual');
  await build();
  await until('nobody has it', async () => (await typeOf('word-count'))?.state === 'no-worker');
  expect(await typeOf('word-count')).toMatchObject({ launchable: false, workers: [], title: 'Count words' });
  await expect(createJob(context, { type: 'word-count', data: { text: 'a' } })).rejects.toMatchObject({
    code: 'unknown-job-type',
    message: expect.stringMatching(/can't be launched now. Its file was removed/),
  });
  await startBatch(context, waiting);
  await until('it waits for a worker and holds no slot', async () => {
    const { lacksWorker, holdsSlot } = await getBatch(context, waiting);
    return lacksWorker && !holdsSlot;
  });
  expect(await jobRows(waiting)).toEqual({ pending: 2 });
  save('word-count.ts', wordCount('7'));
  await build();
  expect(await batchEnded(context, waiting)).toMatchObject({ status: 'completed', completed: 2 });
});

test('a file that is broken and mended is offered again, without a restart', async () => {
  save('word-count.ts', 'export default {');
  await build();
  await until('it is broken', async () => (await typeOf('word-count'))?.state === 'broken');
  expect(await typeOf('word-count')).toMatchObject({ title: 'Count words', error: { file: 'word-count.ts' } });
  mkdirSync(join(folder, 'crm'), { recursive: true });
  save('word-count.ts', wordCount(SPACES));
  save('crm/sync.ts', wordCount('2'));
  await build();
  await until('both are offered', async () =>
    [await typeOf('word-count'), await typeOf('crm/sync')].every((type) => type?.state === 'offered'),
  );
  const { job } = await createJob(context, { type: 'crm/sync', data: { text: 'x' } });
  expect(await jobEnded(context, job.id)).toMatchObject({ status: 'completed', result: { words: 2 } });
});
