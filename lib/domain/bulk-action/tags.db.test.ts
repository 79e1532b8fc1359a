import { beforeEach, describe, expect, it } from 'vitest';
import { bulkActionRequest, type EstimateRequest } from '@/lib/contracts/bulk-action';
import type { TagChange } from '@/lib/contracts/tag-change';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { entriesOf, expectTrue, runBulk, seedSingle, startBulk } from '@/lib/testing/bulk-actions';
import { asMember, createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { estimateBulkAction } from './estimate-bulk-action';
import { getBulkAction, listBulkActionJobs } from './read-bulk-actions';
import { runBulkActions } from './run/run-bulk-actions';

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate bulk_action, bulk_action_job');
  context = await createContext();
});

const change = (add: string[], remove: string[] = []): TagChange => ({ add, remove });

const setMetadata = (table: 'job' | 'batch', id: string, metadata: string | null) =>
  pool().query(`update ${table} set metadata = $2::json where id = $1`, [id, metadata]);

const metadataOf = async (table: 'job' | 'batch', id: string): Promise<string | null> =>
  (await pool().query<{ m: string | null }>(`select metadata::text as m from ${table} where id = $1`, [id])).rows[0]
    ?.m ?? null;

const found = async (query: string): Promise<number> =>
  (await estimateBulkAction(context, { action: 'discard', query })).matched;

describe('tags of jobs', () => {
  it('are added and removed, in any state, and the query finds them', async () => {
    const { batchId, jobIds } = await seedBatch(context, { statuses: ['completed', 'active', 'failed'] });
    const alone = await seedSingle(context, 'pending');
    const [first, second, third] = jobIds as [string, string, string];
    await setMetadata('job', first, '{"tags":["Nightly","eu"],"order":9007199254740993}');
    await setMetadata('job', second, '{"tags":"eu"}');
    await setMetadata('job', third, '{"tags":["nightly"]}');
    const done = await runBulk(context, {
      action: 'tag',
      jobIds: [...jobIds, alone],
      tags: change(['nightly', 'checked'], ['EU']),
    });
    expect(done).toMatchObject({
      of: 'jobs',
      matched: 4,
      done: 4,
      failed: 0,
      tags: change(['nightly', 'checked'], ['EU']),
    });
    expect(await metadataOf('job', first)).toBe('{"order":9007199254740993,"tags":["Nightly","checked"]}');
    expect(await metadataOf('job', second)).toBe('{"tags":["nightly","checked"]}');
    expect(await metadataOf('job', third)).toBe('{"tags":["nightly","checked"]}');
    expect(await metadataOf('job', alone)).toBe('{"tags":["nightly","checked"]}');
    expect(await found('tag:checked')).toBe(4);
    expect(await found('tag:eu')).toBe(0);
    await expectTrue(done.id);
    const after = { bulkActionId: done.id, payload: { tags: change(['nightly', 'checked'], ['EU']) } };
    expect(await entriesOf(batchId)).toEqual([{ action: 'batch.tag-jobs', after: { ...after, count: 3 } }]);
    expect(await entriesOf(alone)).toEqual([{ action: 'job.tag', after }]);
  });

  it('go with the last tag, and with metadata that had nothing else', async () => {
    const { jobIds } = await seedBatch(context, { statuses: ['failed', 'failed'] });
    await setMetadata('job', jobIds[0] as string, '{"tags":["a"]}');
    await setMetadata('job', jobIds[1] as string, '{"tags":["a"],"b":1}');
    await runBulk(context, { action: 'tag', jobIds, tags: change([], ['a']) });
    expect(await metadataOf('job', jobIds[0] as string)).toBeNull();
    expect(await metadataOf('job', jobIds[1] as string)).toBe('{"b":1}');
  });

  it('stay as they are where nothing would change, where `tags` is something else, and where there is no room', async () => {
    const { jobIds } = await seedBatch(context, { statuses: ['failed', 'failed', 'failed', 'failed'] });
    const [same, other, full, good] = jobIds as [string, string, string, string];
    const large = `{"text":"${'x'.repeat(16 * 1024 - 20)}"}`;
    await setMetadata('job', same, '{"tags":["late"]}');
    await setMetadata('job', other, '{"tags":[{"name":"late"}]}');
    await setMetadata('job', full, large);
    const request: EstimateRequest = { action: 'tag', jobIds, tags: change(['late']) };
    expect(await estimateBulkAction(context, request)).toMatchObject({
      matched: 4,
      changes: 3,
      willSkip: [{ code: 'unchanged', count: 1, sampleJobId: same }],
      runsAgain: [],
    });
    expect(await metadataOf('job', good)).toBeNull();
    const done = await runBulk(context, request);
    expect(done).toMatchObject({ done: 1, failed: 2, skipped: 1 });
    expect(done.failedWhy.map(({ code }) => code).toSorted()).toEqual(['metadata-too-large', 'other-tags']);
    expect(await metadataOf('job', other)).toBe('{"tags":[{"name":"late"}]}');
    expect(await metadataOf('job', full)).toBe(large);
    const { jobs } = await listBulkActionJobs(context, done.id, { state: 'failed', limit: 10 });
    expect(jobs.map(({ reason }) => reason)).not.toContain(null);
  });

  it('are changed also if the job was retried meanwhile', async () => {
    const { jobIds } = await seedBatch(context, { statuses: ['failed'] });
    const { id } = await startBulk(context, { action: 'tag', jobIds, tags: change(['late']) });
    await pool().query(`update job set status = 'pending', delivery = delivery + 1, finished_at = null`);
    await runBulkActions();
    expect(await getBulkAction(context, id)).toMatchObject({ done: 1, skipped: 0 });
  });
});

describe('tags of batches', () => {
  it('are changed on the batches, whose jobs are found by them, also while they run', async () => {
    const running = await seedBatch(context, { statuses: ['active', 'pending'] });
    const tagged = await seedBatch(context, { statuses: ['failed'] });
    const foreign = await seedBatch(await createContext(), { statuses: ['failed'] });
    await setMetadata('batch', tagged.batchId, '{"tags":["q4"]}');
    const batchIds = [running.batchId, tagged.batchId, foreign.batchId];
    const done = await runBulk(context, { action: 'tag', batchIds, tags: change(['q4']) });
    expect(done).toMatchObject({ of: 'batches', matched: 2, done: 1, skipped: 1, skippedWhy: [{ code: 'unchanged' }] });
    expect(await found('tag:q4')).toBe(3);
    expect(await metadataOf('batch', foreign.batchId)).toBeNull();
    const after = { bulkActionId: done.id, payload: { tags: change(['q4']) } };
    expect(await entriesOf(running.batchId)).toEqual([{ action: 'batch.tag', after }]);
    expect(await entriesOf(tagged.batchId)).toEqual([]);
  });
});

describe('a request for tags', () => {
  const read = (tags: unknown, more: object = { query: '' }) =>
    bulkActionRequest.safeParse({ action: 'tag', dry: true, tags, ...more });

  it.each([
    ['nothing', undefined],
    ['no tag', {}],
    ['the same tag twice', { add: ['Late'], remove: ['late'] }],
    ['a comma', { add: ['a,b'] }],
    ['an empty tag', { add: [' '] }],
    ['a long tag', { add: ['x'.repeat(65)] }],
    ['many tags', { add: Array.from({ length: 21 }, (_, i) => `t${i}`) }],
  ])('is refused with %s', (_, tags) => {
    expect(read(tags).success).toBe(false);
  });

  it('is refused for flows, which have no tags, and tags are refused with other actions', () => {
    expect(read({ add: ['a'] }, { flowIds: ['f'] }).error?.issues).toMatchObject([{ path: ['flowIds'] }]);
    expect(read({ add: ['a'] }, { query: '', action: 'retry' }).error?.issues).toMatchObject([{ path: ['tags'] }]);
    expect(read({ add: ['a'] }).success).toBe(true);
  });

  it('is for operators, and for nobody from whom the metadata is hidden', async () => {
    const { batchId } = await seedBatch(context, { statuses: ['failed'] });
    const jobs: EstimateRequest = { action: 'tag', query: '', tags: change(['a']) };
    const batches: EstimateRequest = { action: 'tag', batchIds: [batchId], tags: change(['a']) };
    for (const request of [jobs, batches]) {
      await expect(estimateBulkAction(asMember(context, 'viewer'), request)).rejects.toMatchObject({
        code: 'forbidden',
      });
      expect(await estimateBulkAction(asMember(context), request)).toMatchObject({ changes: 1 });
    }
    await setRedaction(context, { paths: ['metadata.tags'], patterns: [] });
    for (const request of [jobs, batches]) {
      await expect(estimateBulkAction(asMember(context), request)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });
});
