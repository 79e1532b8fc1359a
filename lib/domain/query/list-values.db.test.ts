import { beforeAll, describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { asMember, createContext, seedBatch } from '@/lib/testing/factories';
import { countJobs } from './count-jobs';
import { listValues } from './list-values';

let context: Context;

const values = async (
  who: Context,
  field: 'by' | 'batch' | 'tag' | 'code',
  value = '',
  of: 'jobs' | 'batches' | 'flows' = 'jobs',
) => (await listValues(who, { of, field, value })).values;

beforeAll(async () => {
  context = await createContext();
  const seeds = [
    ['March import', 'ana', '{"tags":["nightly","eu"]}'],
    ['April import', 'ana', '{"tags":"nightly"}'],
    ['call +4915112345678', 'ben', '{"tags":["100%_sure"]}'],
  ] as const;
  for (const [name, by, metadata] of seeds) {
    const { batchId, jobIds } = await seedBatch(context, { name, statuses: ['failed', 'completed', 'pending'] });
    await pool().query('update batch set created_by = $2, metadata = $3 where id = $1', [batchId, by, metadata]);
    await pool().query(`update job set error = '{"code":"timeout","message":"late"}' where id = $1`, [jobIds[0]]);
  }
  // Another organization has values of its own.
  const stranger = await createContext();
  const { batchId } = await seedBatch(stranger, { name: 'March of strangers', statuses: ['completed'] });
  await pool().query(`update batch set created_by = 'anastasia', metadata = '{"tags":["night"]}' where id = $1`, [
    batchId,
  ]);
});

describe('values of a field of a query', () => {
  it('are those of the own records, by how often they were used', async () => {
    expect(await values(context, 'by')).toEqual([
      { value: 'ana', count: 2 },
      { value: 'ben', count: 1 },
    ]);
    expect(await values(context, 'tag')).toMatchObject([
      { value: 'nightly', count: 2 },
      { value: '100%_sure' },
      { value: 'eu' },
    ]);
    expect(await values(context, 'code')).toEqual([{ value: 'timeout', count: 3 }]);
    expect((await values(context, 'batch', '', 'batches')).map(({ value }) => value)).toContain('March import');
  });

  it('contain the text as it is written, and those that begin with it come first', async () => {
    expect((await values(context, 'batch', 'IMPORT')).map(({ value }) => value)).toEqual([
      'April import',
      'March import',
    ]);
    expect((await values(context, 'batch', 'a')).map(({ value }) => value)[0]).toBe('April import');
    expect(await values(context, 'tag', '%_')).toEqual([{ value: '100%_sure', count: 1 }]);
    expect(await values(context, 'by', 'nobody')).toEqual([]);
  });

  it('are refused for a field that the list does not have', async () => {
    await expect(values(context, 'tag', '', 'flows')).rejects.toMatchObject({ code: 'invalid-request', status: 400 });
    await expect(values(context, 'code', '', 'batches')).rejects.toMatchObject({ errors: [{ path: 'field' }] });
  });

  it('are not those that a rule hides, nor tags where metadata is hidden', async () => {
    await setRedaction(context, { paths: ['metadata.tags'], patterns: ['phone'] });
    const member = asMember(context);
    expect((await values(member, 'batch')).map(({ value }) => value)).toEqual(['April import', 'March import']);
    expect(await values(member, 'tag')).toEqual([]);
    expect(await values(member, 'code')).toHaveLength(1);
  });
});

describe('jobs that match a query', () => {
  it('are counted by status, and only those of the organization', async () => {
    expect(await countJobs(context, { query: 'status:failed,pending' })).toEqual({
      count: 6,
      byStatus: { failed: 3, pending: 3 },
      searched: { all: true, rows: expect.any(Number) },
    });
    expect(await countJobs(context, { query: 'by:ana' })).toMatchObject({ count: 6, searched: { all: true } });
    expect(await countJobs(context, { query: '' })).toMatchObject({ count: 9 });
  });

  it('shows the waiting ones of a batch that begins later as delayed, like the list', async () => {
    const later = await createContext();
    const { batchId } = await seedBatch(later, { statuses: ['pending', 'pending'] });
    await pool().query(`update batch set not_before = now() + interval '1 hour' where id = $1`, [batchId]);
    expect(await countJobs(later, { query: '' })).toMatchObject({ count: 2, byStatus: { delayed: 2 } });
  });

  it('are not counted by contents for those who may not see them', async () => {
    const member = asMember(context, 'admin');
    const blind = { ...member, actor: { ...member.actor, seesPayloads: false } as Context['actor'] };
    await expect(countJobs(blind, { query: 'data.customer:acme' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(countJobs(context, { query: 'status:nothing' })).rejects.toMatchObject({ code: 'invalid-query' });
  });
});
