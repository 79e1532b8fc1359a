import { beforeEach, expect, it } from 'vitest';
import { bulkActionRequest, type EstimateRequest } from '@/lib/contracts/bulk-action';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { expectTrue, seedSingle, statusOf } from '@/lib/testing/bulk-actions';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { continueEstimate } from './continue-estimate';
import { estimateBulkAction } from './estimate-bulk-action';
import { getBulkAction } from './read-bulk-actions';
import { runBulkActions } from './run/run-bulk-actions';
import { startBulkAction } from './start-bulk-action';

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate bulk_action, bulk_action_job');
  context = await createContext();
});

/** A search without time reads one slice of a thousand rows. */
const NO_TIME = 0;
const REQUEST: EstimateRequest = { action: 'retry', query: 'status:failed', waitSeconds: NO_TIME };
const failed = (count: number) => Array.from({ length: count }, () => 'failed' as const);

it('chooses everything in several calls, each job once and as it is then, and says how far it came', async () => {
  const { batchId } = await seedBatch(context, { statuses: [...failed(2300), 'completed'] });
  const first = await estimateBulkAction(context, REQUEST);
  expect(first).toMatchObject({ matched: 1000, changes: 1000, searched: { all: false, rows: 1000 } });
  const late = await seedSingle(context, 'failed');
  const second = await continueEstimate(context, first.token, NO_TIME);
  expect(second).toMatchObject({ token: first.token, matched: 2000, searched: { all: false, rows: 2000 } });
  expect(second.runsAgain).toMatchObject([{ type: 'diagnostic', count: 2000 }]);
  const third = await continueEstimate(context, first.token, NO_TIME);
  expect(third).toMatchObject({ matched: 2300, changes: 2300, byBatch: { [batchId]: 2300 }, searched: { all: true } });
  expect(await continueEstimate(context, first.token, NO_TIME)).toEqual({ ...third, expiresAt: expect.any(String) });
  expect(await jobRows(batchId)).toEqual({ failed: 2300, completed: 1 });
  await startBulkAction(context, first.token);
  await runBulkActions();
  expect(await jobRows(batchId)).toEqual({ pending: 2300, completed: 1 });
  expect(await statusOf(late)).toBe('failed');
  expect(await getBulkAction(context, first.token)).toMatchObject({ done: 2300, searched: { all: true } });
  await expectTrue(first.token);
});

it('starts with what was found, if it is not continued, and the record says that it is not all', async () => {
  const { batchId } = await seedBatch(context, { statuses: failed(1200) });
  const { token } = await estimateBulkAction(context, REQUEST);
  await startBulkAction(context, token);
  await expect(continueEstimate(context, token)).rejects.toMatchObject({ code: 'already-done' });
  await runBulkActions();
  expect(await jobRows(batchId)).toEqual({ pending: 1000, failed: 200 });
  expect(await getBulkAction(context, token)).toMatchObject({ done: 1000, searched: { all: false, rows: 1000 } });
});

it('goes on for whoever asked for it, one call at a time, and before it expires', async () => {
  await seedBatch(context, { statuses: failed(1200) });
  const { token } = await estimateBulkAction(context, REQUEST);
  await expect(continueEstimate(asMember(context), token)).rejects.toMatchObject({ code: 'not-found' });
  await expect(continueEstimate(context, 'unknown')).rejects.toMatchObject({ code: 'not-found' });
  await pool().query(`update bulk_action set status = 'selecting'`);
  await expect(continueEstimate(context, token)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(startBulkAction(context, token)).rejects.toMatchObject({ code: 'not-found' });
  await pool().query(`update bulk_action set status = 'estimated', expires_at = now() - interval '1 second'`);
  await expect(continueEstimate(context, token)).rejects.toMatchObject({ code: 'estimate-expired' });
});

it('is asked for with `dry` and the token, and nothing else', () => {
  const parse = (body: object) => bulkActionRequest.safeParse(body).success;
  expect(parse({ token: 't', dry: true })).toBe(true);
  expect(parse({ token: 't', dry: true, waitSeconds: 240 })).toBe(true);
  expect(parse({ token: 't', dry: true, waitSeconds: 241 })).toBe(false);
  expect(parse({ token: 't', waitSeconds: 10 })).toBe(false);
  expect(parse({ token: 't', dry: true, query: '' })).toBe(false);
});
