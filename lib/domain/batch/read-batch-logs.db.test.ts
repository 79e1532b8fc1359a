import { beforeEach, expect, it } from 'vitest';
import { jobLogsQuery } from '@/lib/contracts/job-queries';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { appendLogs } from '@/lib/domain/job/record-progress';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { readBatchLogs } from './read-batch-logs';

let context: Context;
beforeEach(async () => {
  context = await createContext();
});

const write = (jobId: string | undefined, ...messages: string[]) =>
  appendLogs(
    messages.map((message) => ({
      jobId: jobId ?? '',
      attempt: 1,
      at: new Date().toISOString(),
      level: 'info' as const,
      message,
    })),
  );

/** The messages of each page, to the last one. */
async function pagesOf(batchId: string, limit: number, start?: string) {
  const pages: string[][] = [];
  for (let cursor = start; ; ) {
    const page = await readBatchLogs(context, batchId, { limit, cursor });
    pages.push(page.lines.map(({ index, message }) => `${index} ${message}`));
    if (page.nextCursor === null) return { pages, tail: page.tail };
    cursor = page.nextCursor;
  }
}

it('the lines of a batch come item by item in pages, whatever the order of writing', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['active', 'active', 'active'] });
  const other = await seedBatch(context, { statuses: ['active'] });
  await write(jobIds[2], 'e');
  await write(other.jobIds[0], 'of another');
  await write(jobIds[0], 'a', 'b', 'c');
  await write(jobIds[2], 'f');
  const all = [['0 a', '0 b'], ['0 c', '2 e'], ['2 f']];
  expect((await pagesOf(batchId, 2)).pages).toEqual(all);
  expect((await pagesOf(batchId, 100)).pages).toEqual([all.flat()]);
});

it('items without lines are passed over in bounded pages', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: new Array(4500).fill('active') });
  await write(jobIds[4499], 'last');
  expect((await pagesOf(batchId, 100)).pages).toEqual([[], [], ['4499 last']]);
});

it('after the tail comes what was written since, also what got its place before and is visible later', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['active', 'active'] });
  await write(jobIds[0], 'a');
  const slow = await pool().connect();
  await slow.query('begin');
  await slow.query(
    "insert into job_log (job_id, attempt, at, level, message) values ($1::uuid, 1, now(), 'info', 'late')",
    [jobIds[1]],
  );
  await write(jobIds[0], 'b');
  const { tail } = await pagesOf(batchId, 100);
  await slow.query('commit');
  slow.release();
  await write(jobIds[1], 'c');
  const since = await pagesOf(batchId, 100, tail);
  expect(since.pages.flat()).toEqual(['0 a', '1 late', '0 b', '1 c']);
  expect((await readBatchLogs(context, batchId, { limit: 1 })).ended).toBe(false);
  const done = await seedBatch(context, { statuses: ['completed'] });
  expect((await readBatchLogs(context, done.batchId, { limit: 1 })).ended).toBe(true);
});

it('the log of a job has pages too, so that the lines of its last attempt are found', async () => {
  const { jobIds } = await seedBatch(context, { statuses: ['completed'] });
  const [id = ''] = jobIds;
  await write(id, 'a', 'b', 'c');
  const first = await readJobLogs(context, id, { limit: 2 });
  expect([first.lines.map((l) => l.message), first.ended]).toEqual([['a', 'b'], true]);
  const { cursor } = jobLogsQuery.parse({ cursor: first.nextCursor });
  const second = await readJobLogs(context, id, { cursor });
  expect([second.lines.map((l) => l.message), second.nextCursor]).toEqual([['c'], null]);
  expect((await readJobLogs(context, id, { cursor: second.tail })).lines).toEqual([]);
});

it('logs of other organizations are not found, and not shown to those who may not see contents', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['active'] });
  const stranger = await createContext();
  await expect(readBatchLogs(stranger, batchId, { limit: 1 })).rejects.toMatchObject({ code: 'not-found' });
  const blind = { ...context, actor: { ...context.actor, seesPayloads: false } } as Context;
  await expect(readBatchLogs(blind, batchId, { limit: 1 })).rejects.toMatchObject({ code: 'forbidden' });
});
