import { beforeEach, describe, expect, it } from 'vitest';
import type { EstimateRequest } from '@/lib/contracts/bulk-action';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { seedSingle, statusOf } from '@/lib/testing/bulk-actions';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { estimateBulkAction } from './estimate-bulk-action';
import { expireBulkActions } from './expire-bulk-actions';
import { getBulkAction } from './read-bulk-actions';
import { runBulkActions } from './run/run-bulk-actions';
import { startBulkAction } from './start-bulk-action';

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate bulk_action, bulk_action_job');
  context = await createContext();
});

describe('an estimate', () => {
  it('says what would be done, changes nothing, and freezes what it found', async () => {
    const { batchId, jobIds } = await seedBatch(context, { statuses: ['failed', 'failed', 'completed', 'cancelled'] });
    const alone = await seedSingle(context, 'failed');
    const estimate = await estimateBulkAction(context, {
      action: 'retry',
      query: 'type:diagnostic',
      ratePerMinute: 60,
    });
    expect(estimate).toMatchObject({
      matched: 5,
      byStatus: { failed: 3, completed: 1, cancelled: 1 },
      byBatch: { [batchId]: 4 },
      batches: [{ id: batchId, name: 'Seeded', type: 'diagnostic', count: 4 }],
      single: 1,
      changes: 4,
      willSkip: [{ code: 'completed', count: 1, sampleJobId: jobIds[2] }],
      searched: { all: true, rows: 5 },
      runsAgain: [{ type: 'diagnostic', count: 4 }],
      seconds: 4,
    });
    expect(estimate.samples).toHaveLength(5);
    expect(await jobRows(batchId)).toEqual({ failed: 2, completed: 1, cancelled: 1 });
    const late = await seedSingle(context, 'failed');
    await startBulkAction(context, estimate.token);
    await pool().query(`update bulk_action set rate_per_minute = null`);
    await runBulkActions();
    expect(await statusOf(alone)).toBe('pending');
    expect(await statusOf(late)).toBe('failed');
  });

  it('says what the jobs that run again took and cost until now', async () => {
    const { jobIds } = await seedBatch(context, { statuses: ['failed', 'failed', 'completed', 'failed'] });
    await pool().query(
      `update job set cost_tokens = 1200, cost_usd = 0.25, started_at = finished_at - interval '2 seconds' where id = any($1)`,
      [jobIds.slice(0, 3)],
    );
    const { runsAgain } = await estimateBulkAction(context, { action: 'retry', query: 'type:diagnostic' });
    expect(runsAgain).toMatchObject([{ count: 3, costs: { tokens: 2400, usd: 0.5 } }]);
    expect(runsAgain[0]?.lastMs).toBeGreaterThanOrEqual(4000);
    const discard = await estimateBulkAction(context, { action: 'discard', query: 'type:diagnostic' });
    expect(discard.runsAgain).toEqual([]);
  });

  it('is started once, by whoever asked for it, and before it expires', async () => {
    await seedBatch(context, { statuses: ['failed'] });
    const { token } = await estimateBulkAction(context, { action: 'discard', query: '' });
    await expect(startBulkAction(asMember(context), token)).rejects.toMatchObject({ code: 'not-found' });
    await expect(startBulkAction(context, 'unknown')).rejects.toMatchObject({ code: 'not-found' });
    await expect(getBulkAction(context, token)).rejects.toMatchObject({ code: 'not-found' });
    const starts = await Promise.all([startBulkAction(context, token), startBulkAction(context, token)]);
    expect(starts.map(({ started }) => started).toSorted()).toEqual([false, true]);
    const old = await estimateBulkAction(context, { action: 'discard', query: '' });
    await pool().query(`update bulk_action set expires_at = now() - interval '1 second' where id = $1`, [old.token]);
    await expect(startBulkAction(context, old.token)).rejects.toMatchObject({ code: 'estimate-expired' });
    await expireBulkActions();
    const { rows } = await pool().query('select bulk_action_id as id from bulk_action_job');
    expect(rows).toEqual([{ id: token }]);
  });

  it('counts ids that are no job of the organization', async () => {
    const other = await seedBatch(await createContext(), { statuses: ['failed'] });
    const own = await seedSingle(context, 'failed');
    const jobIds = [own, own.toUpperCase(), other.jobIds[0] ?? '', 'nothing', newId()];
    expect(await estimateBulkAction(context, { action: 'retry', jobIds })).toMatchObject({ matched: 1, missing: 3 });
  });

  it('shows an edit before it is made, and who may not see contents may not search for them', async () => {
    await seedBatch(context, { statuses: ['failed'], data: { steps: 1 } });
    const edit: EstimateRequest = { action: 'edit', query: 'data.steps:1', set: { steps: '$value + 1' } };
    const { preview } = await estimateBulkAction(context, edit);
    expect(preview).toMatchObject([{ before: { steps: 1 }, after: { steps: 2 }, issues: [] }]);
    const member = asMember(context, 'admin');
    const blind = { ...member, actor: { ...member.actor, seesPayloads: false } as Context['actor'] };
    await expect(estimateBulkAction(blind, edit)).rejects.toMatchObject({ code: 'forbidden' });
    const retry: EstimateRequest = { action: 'retry', query: 'data.steps:1' };
    await expect(estimateBulkAction(blind, retry)).rejects.toMatchObject({ code: 'forbidden' });
    const { samples } = await estimateBulkAction(blind, { action: 'retry', query: 'status:failed' });
    expect(samples).toHaveLength(1);
    expect(samples[0]).not.toHaveProperty('dataPreview');
  });

  it('is for operators, a deletion for administrators, and a key needs both scopes', async () => {
    const request = (action: EstimateRequest['action']): EstimateRequest => ({ action, query: '' });
    await expect(estimateBulkAction(asMember(context, 'viewer'), request('retry'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(estimateBulkAction(asMember(context), request('delete'))).rejects.toMatchObject({ code: 'forbidden' });
    await estimateBulkAction(asMember(context, 'admin'), request('delete'));
    const rights = { role: 'admin', seesPayloads: true, systemAdmin: false } as const;
    const key = (scopes: ('bulk-action.create' | 'job.retry')[]): Context => ({
      organizationId: context.organizationId,
      actor: { kind: 'key', id: 'k', name: 'bulk', scopes, ...rights },
    });
    await expect(estimateBulkAction(key(['bulk-action.create']), request('retry'))).rejects.toThrow('job.retry');
    await expect(estimateBulkAction(key(['job.retry']), request('retry'))).rejects.toThrow('bulk-action.create');
    await estimateBulkAction(key(['bulk-action.create', 'job.retry']), request('retry'));
  });
});
