import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { asMember, createContext, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { advanceFlows } from './advance-flows';
import { cancelFlow } from './cancel-flow';
import { createFlows } from './create-flows';
import { getFlowSummary } from './get-flow';
import { retryFlow } from './retry-flow';

let context: Context;
let root: string;
let inner: string;
let bad: string;
let good: string;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  const leaf = (name: string) => ({ name, type: 'diagnostic' });
  const { result } = await createFlows(context, {
    flow: {
      name: 'root',
      type: 'collect',
      children: [{ name: 'inner', type: 'collect', children: [leaf('bad'), leaf('good')] }],
    },
  });
  [root = '', inner = '', bad = '', good = ''] = result.jobIds;
});

/** Records an outcome and advances the flow, like a consumer. */
async function end(id: string, status: 'completed' | 'failed'): Promise<void> {
  await pool().query(
    `update job set status = $2, attempt = attempt + 1, started_at = now(), finished_at = now() where id = $1`,
    [id, status],
  );
  await advanceFlows([id], [root]);
}

async function statuses(): Promise<Record<string, string>> {
  const { rows } = await pool().query<{ name: string; status: string }>('select name, status from job');
  return Object.fromEntries(rows.map((r) => [r.name, r.status]));
}

test('a failure ends the nodes that wait for it, up to the root, and not its siblings', async () => {
  await end(bad, 'failed');
  expect(await statuses()).toEqual({ root: 'failed', inner: 'failed', bad: 'failed', good: 'pending' });
  expect(await getFlowSummary(context, root)).toMatchObject({ status: 'in-progress', finishedAt: null });
  await end(good, 'completed');
  expect(await getFlowSummary(context, root)).toMatchObject({ status: 'failed', finishedAt: expect.any(String) });
  await expectConsistent();
});

test('a retry of a parent that did not run starts with the child that blocked it', async () => {
  await end(bad, 'failed');
  await end(good, 'completed');
  await retryJob(context, root);
  expect(await statuses()).toEqual({
    root: 'waiting-children',
    inner: 'waiting-children',
    bad: 'pending',
    good: 'completed',
  });
  expect(await getFlowSummary(context, root)).toMatchObject({ finishedAt: null });
  await end(bad, 'completed');
  expect(await statuses()).toMatchObject({ root: 'waiting-children', inner: 'pending' });
});

test('a cancel of a waiting parent also cancels its ancestors, and not its children', async () => {
  await cancelJob(context, inner);
  expect(await statuses()).toEqual({ root: 'cancelled', inner: 'cancelled', bad: 'pending', good: 'pending' });
  await end(bad, 'completed');
  await end(good, 'completed');
  expect(await getFlowSummary(context, root)).toMatchObject({ status: 'cancelled', counts: { completed: 2 } });
  await expectConsistent();
});

test('a flow that is being cancelled is not retried, and only administrators cancel and retry', async () => {
  await pool().query(`update job set status = 'active', attempt = 1, started_at = now() where id = $1`, [bad]);
  await expect(cancelFlow(asMember(context, 'viewer'), root)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(retryFlow(asMember(context, 'viewer'), root, { only: 'all' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await cancelFlow(context, root)).toMatchObject({ status: 'in-progress', cancelMode: 'graceful' });
  await expect(retryFlow(context, root, { only: 'all' })).rejects.toMatchObject({ code: 'not-retryable' });
  await end(bad, 'completed');
  expect(await getFlowSummary(context, root)).toMatchObject({
    status: 'cancelled',
    progress: 25,
    counts: { cancelled: 3, completed: 1 },
  });
  expect(await retryFlow(context, root, { only: 'all' })).toMatchObject({ retried: 3, flow: { cancelMode: null } });
  expect(await statuses()).toMatchObject({ root: 'waiting-children', good: 'pending' });
});

test('a retry of a child whose parent has already run does not change the parent', async () => {
  await truncateAll();
  context = await createContext();
  const leaf = (name: string) => ({ name, type: 'diagnostic', opts: { onFailure: 'continue-parent' as const } });
  const { result } = await createFlows(context, {
    flow: { name: 'root', type: 'collect', children: [leaf('bad'), leaf('slow')] },
  });
  [root = '', bad = '', good = ''] = result.jobIds;
  await end(bad, 'failed');
  await end(root, 'completed');
  await end(good, 'completed');
  await expectConsistent();
  expect(await retryFlow(context, root, { only: 'all' })).toMatchObject({ retried: 1 });
  await end(bad, 'completed');
  expect(await statuses()).toEqual({ root: 'completed', bad: 'completed', slow: 'completed' });
  await expectConsistent();
});
