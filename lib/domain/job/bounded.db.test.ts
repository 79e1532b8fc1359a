import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { getBatches } from '@/lib/domain/batch/get-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { listBatches } from '@/lib/domain/batch/list-batches';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { getFlow } from '@/lib/domain/flow/get-flow';
import { listFlowNodes } from '@/lib/domain/flow/list-flow-nodes';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { getJob, getJobSummaries } from './get-job';
import { listJobs } from './list-jobs';

let context: Context;
beforeEach(async () => {
  context = await createContext();
});

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('bounded answers', () => {
  /** Creates a batch whose rows have the maximum size in every field. */
  const fat = async (): Promise<string> => {
    const { batchId } = await seedBatch(context, { statuses: Array.from({ length: 100 }, () => 'failed' as const) });
    await pool().query(
      `update job set data = json_build_object('payload', repeat('語', 20000)), result = json_build_object('text', repeat('x', 100000)),
         metadata = json_build_object('note', repeat('m', 16000)), description = repeat('d', 2000),
         error = json_build_object('message', repeat('e', 4000), 'code', 'refused', 'stack', repeat('s', 4000)),
         progress = json_build_object('current', 1, 'total', 2, 'message', repeat('p', 4000), 'chart',
           json_build_object('axis', 'epoch', 'series', json_build_array(repeat('c', 9000))))
       where batch_id = $1`,
      [batchId],
    );
    await pool().query(`update batch set metadata = json_build_object('x', repeat('y', 9500000)) where id = $1`, [
      batchId,
    ]);
    return batchId;
  };

  test('a page of jobs is small, whatever its rows contain', async () => {
    const batchId = await fat();
    const asked = vi.spyOn(pool(), 'query');
    const pages = [
      (await listBatchJobs(context, batchId, { limit: 100 })).jobs,
      (await listJobs(context, { limit: 100 })).jobs,
    ];
    const answers = await Promise.all(asked.mock.results.map(({ value }) => value as Promise<{ rows: unknown[] }>));
    asked.mockRestore();
    for (const { rows } of answers) expect(bytes(rows), 'what the database sends').toBeLessThan(5_000_000);
    for (const jobs of pages) {
      expect(jobs).toHaveLength(100);
      expect(bytes(jobs)).toBeLessThan(345_000);
      for (const job of jobs) {
        expect(job).not.toHaveProperty('data');
        expect(job).not.toHaveProperty('result');
        expect(Buffer.byteLength(job.dataPreview ?? '')).toBeLessThanOrEqual(1024);
        expect(job.dataPreview).toMatch(/^\{"payload" : "語+…$/);
        expect(Buffer.byteLength(job.resultPreview ?? '')).toBe(1024);
        expect(job.metadata).toBeNull();
        expect(job.error).toMatchObject({ code: 'refused' });
        expect(job.error?.stack).toBeUndefined();
        expect(job.progress).toMatchObject({ current: 1, total: 2 });
      }
    }
    const whole = await getJob(context, pages[0]?.[0]?.id ?? '');
    expect(bytes(whole)).toBeGreaterThan(160_000);
    expect(whole.metadata).toMatchObject({ note: 'm'.repeat(16_000) });
    expect(bytes(await getJobSummaries(context, [whole.id]))).toBeLessThan(30_000);
  });

  test('a page of batches is small, whatever their metadata contains', async () => {
    const batchId = await fat();
    const small = await seedBatch(context, { statuses: ['completed'] });
    await pool().query(`update batch set metadata = '{"ticket": 12}' where id = $1`, [small.batchId]);
    for (const batches of [
      (await listBatches(context, { limit: 100 })).batches,
      await getBatches(context, [batchId, small.batchId]),
    ]) {
      expect(bytes(batches)).toBeLessThan(5_000);
      const byId = new Map(batches.map((batch) => [batch.id, batch]));
      expect(byId.get(batchId)).toMatchObject({ metadata: null, metadataPreview: expect.stringMatching(/^\{"x".*…$/) });
      expect(byId.get(small.batchId)?.metadata).toEqual({ ticket: 12 });
      expect(byId.get(small.batchId)).not.toHaveProperty('metadataPreview');
    }
  });

  test('a search within a batch returns what it found in its time, and continues from there', async () => {
    const { batchId } = await seedBatch(context, { statuses: Array.from({ length: 1200 }, () => 'pending' as const) });
    await pool().query(
      `update job set data = json_build_object('payload', 'needle') where batch_id = $1 and item_index in (3, 99, 100, 700, 1199)`,
      [batchId],
    );
    const search = (cursor?: string, limit = 100) =>
      listBatchJobs(context, batchId, { q: 'needle', limit, ...(cursor === undefined ? {} : { cursor }) });
    const indices = ({ jobs }: Awaited<ReturnType<typeof search>>) => jobs.map((job) => job.index);
    const all = await search();
    expect(indices(all)).toEqual([3, 99, 100, 700, 1199]);
    expect(all).toMatchObject({ nextCursor: null, searched: { all: true, rows: 1200 } });
    const page = await search(undefined, 2);
    expect(indices(page)).toEqual([3, 99]);
    expect(page).toMatchObject({ nextCursor: '99', searched: { all: false, rows: 100 } });
    const place = await listBatchJobs(context, batchId, { q: '#701', limit: 1 });
    expect(indices(place)).toEqual([700]);
    // A fake clock that advances one second with each read.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1000;
      return now;
    });
    const pieces = [await search()];
    for (let more = pieces[0]?.nextCursor ?? null; more !== null; more = pieces.at(-1)?.nextCursor ?? null)
      pieces.push(await search(more));
    clock.mockRestore();
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces[0]).toMatchObject({ searched: { all: false } });
    expect(pieces.flatMap(indices)).toEqual([3, 99, 100, 700, 1199]);
  });

  test('a job without a result has the preview null', async () => {
    const { jobIds } = await seedBatch(context, { statuses: ['pending'], data: { payload: [1, 2] } });
    const [job] = await getJobSummaries(context, jobIds);
    expect(job).toMatchObject({ dataPreview: '{"payload":[1,2]}', resultPreview: 'null' });
  });

  test('a tree is small however many nodes it has, and contains the values of a small one', async () => {
    const child = (payload: unknown) => ({ name: 'c', type: 'diagnostic', data: { payload } });
    const tree = async (children: number, payload: unknown) => {
      const flow = { name: 'f', type: 'collect', children: Array.from({ length: children }, () => child(payload)) };
      const { result } = await createFlows(context, { flow }, { idempotencyKey: newId() });
      return result.flowIds[0] ?? '';
    };
    const small = await tree(2, 'small');
    const all = { depth: 100, children: 1000, values: true };
    expect((await getFlow(context, small, all)).children[0]?.job).toMatchObject({
      data: { payload: 'small' },
      dataPreview: '{"payload":"small"}',
      resultPreview: 'null',
    });
    const page = await listFlowNodes(context, small, { limit: 10 });
    expect(page.nodes[0]?.job).toMatchObject({ dataPreview: '{"payload":"small"}' });
    expect(page.nodes[0]?.job).not.toHaveProperty('data');
    const wide = await tree(1000, 'x'.repeat(1500));
    const flow = await getFlow(context, wide, all);
    expect(flow.children).toHaveLength(1000);
    expect(bytes(flow)).toBeLessThan(1_600_000);
    expect(flow.children[0]?.job.data).toBeNull();
    expect(flow.children[0]?.job.dataPreview).toMatch(/^\{"payload":"x+…$/);
  });
});
