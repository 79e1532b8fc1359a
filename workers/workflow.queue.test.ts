import { afterAll, beforeAll, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { retryJob } from '@/lib/domain/job/retry-job';
import { cancelAbandonedSteps } from '@/lib/domain/workflow/cancel-abandoned-steps';
import { closedGate } from '@/lib/testing/closed-gate';
import { createContext } from '@/lib/testing/factories';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let workers: Workers;
beforeAll(async () => {
  workers = await startWorkers({ OUTBOUND_ALLOW: '127.0.0.1' });
});
afterAll(() => workers.stop());

const isOver = (status: string) => ['completed', 'failed', 'cancelled'].includes(status);

const begin = async (context: Context, data: object) =>
  (await createJob(context, { type: 'workflow-execution', data, correlationId: 'the-workflow' })).job.id;

async function run(context: Context, data: object) {
  const id = await begin(context, data);
  await until('the workflow has ended', async () => isOver((await getJob(context, id)).status));
  return getJob(context, id);
}

const flowsOf = async (context: Context) =>
  (
    await pool().query<{ id: string; status: string; correlation_id: string; jobs: number }>(
      `select f.id, f.status, f.correlation_id, (select count(*)::int from job where flow_id = f.id) as jobs
       from flow f where organization_id = $1 order by created_at`,
      [context.organizationId],
    )
  ).rows;

it('runs steps with inputs, conditions, a job for each item and an output', async () => {
  const context = await createContext();
  const job = await run(context, {
    name: 'Orders',
    input: {
      orders: [
        { id: 7, paid: true },
        { id: 8, paid: false },
        { id: 9, paid: true },
      ],
    },
    steps: [
      { id: 'read', type: 'diagnostic', input: { payload: '${{ input.orders }}' } },
      {
        id: 'ship',
        type: 'diagnostic',
        forEach: 'steps.read.output.payload[paid]',
        input: { payload: { label: 'order ${{ item.id }}', place: '${{ index + 1 }}' } },
      },
      {
        id: 'remind',
        type: 'diagnostic',
        when: '$exists(steps.read.output.payload[paid = false])',
        input: { payload: 'please' },
      },
      { id: 'celebrate', type: 'diagnostic', when: '$count(steps.ship.output) > 100' },
      { id: 'none', type: 'diagnostic', forEach: 'input.nothing' },
    ],
    output: {
      shipped: '${{ steps.ship.output.payload.label }}',
      count: '${{ $count(steps.ship.output) }}',
      reminded: '${{ steps.remind.status }}',
      party: '${{ steps.celebrate.output }}',
    },
  });
  expect(job.error).toBeNull();
  expect(job.result).toMatchObject({
    output: { shipped: ['order 7', 'order 9'], count: 2, reminded: 'completed', party: null },
    steps: [
      { id: 'read', status: 'completed', jobs: 1 },
      { id: 'ship', status: 'completed', jobs: 2, failed: 0 },
      { id: 'remind', status: 'completed' },
      { id: 'celebrate', status: 'skipped', jobs: 0, flowId: null },
      { id: 'none', status: 'completed', jobs: 0 },
    ],
  });
  const flows = await flowsOf(context);
  expect(flows.map((f) => f.jobs).sort()).toEqual([1, 1, 3]);
  expect(new Set(flows.map((f) => f.correlation_id))).toEqual(new Set(['the-workflow']));
  expect(job.progress).toMatchObject({ current: 5, total: 5 });
});

it('fails with the step and its reason, and a retry runs only the steps that did not complete', async () => {
  const context = await createContext();
  const data = {
    steps: [
      { id: 'first', type: 'diagnostic', input: { payload: 1 } },
      { id: 'second', type: 'diagnostic', after: ['first'], input: { outcome: 'fail-once', payload: 2 } },
    ],
  };
  const job = await run(context, data);
  expect(job).toMatchObject({
    status: 'failed',
    error: { code: 'step-failed', message: expect.stringMatching(/^second: /) },
  });
  await retryJob(context, job.id);
  await until('the retry has ended', async () => isOver((await getJob(context, job.id)).status));
  expect(await getJob(context, job.id)).toMatchObject({
    status: 'completed',
    result: { output: { first: { payload: 1 }, second: { payload: 2 } } },
  });
  expect(await flowsOf(context)).toHaveLength(2);
});

it('fails only itself, with the path of the expression that exceeds its time limit', async () => {
  const context = await createContext();
  const input = { lists: Array.from({ length: 9900 }, (_, i) => [...Array(25).fill(0), i]) };
  const endless = '$count($distinct(input.lists)) < 0';
  const made = await createJob(context, {
    type: 'workflow-execution',
    maxAttempts: 3,
    data: { input, steps: [{ id: 's', type: 'diagnostic', when: endless, input: {} }] },
  });
  const beside = await run(context, { steps: [{ id: 's', type: 'diagnostic', input: {} }] });
  expect(beside.status).toBe('completed');
  await until('the workflow has ended', async () => isOver((await getJob(context, made.job.id)).status));
  expect(await getJob(context, made.job.id)).toMatchObject({
    status: 'failed',
    attemptsMade: 1,
    error: { code: 'invalid-step', message: 's.when: takes longer than 2 s' },
  });
});

it('continues after the failure of a step that allows it, with null as its result', async () => {
  const context = await createContext();
  const job = await run(context, {
    input: ['complete', 'fail', 'complete'],
    steps: [
      {
        id: 'each',
        type: 'diagnostic',
        forEach: 'input',
        input: { outcome: '${{ item }}', payload: '${{ index }}' },
        onFailure: 'continue',
      },
      { id: 'one', type: 'diagnostic', input: { outcome: 'fail' }, onFailure: 'continue' },
    ],
    output: '${{ {"kept": steps.each.output.payload, "one": steps.one.status} }}',
  });
  expect(job.error).toBeNull();
  expect(job.result).toMatchObject({
    output: { kept: [0, 2], one: 'failed' },
    steps: [
      { status: 'partial', jobs: 3, failed: 1 },
      { status: 'failed', failed: 1 },
    ],
  });
});

it('names the step whose input is invalid before the step runs', async () => {
  const context = await createContext();
  const job = await run(context, {
    input: { steps: 1000 },
    steps: [{ id: 'odd', type: 'diagnostic', input: { steps: '${{ input.steps }}' } }],
  });
  expect(job).toMatchObject({
    status: 'failed',
    error: { code: 'invalid-step', message: expect.stringMatching(/^odd: .*steps/) },
  });
  expect(await flowsOf(context)).toEqual([]);
  await expect(begin(context, { steps: [{ id: 'x', type: 'diagnostic', when: '(' }] })).rejects.toMatchObject({
    code: 'invalid-data',
    errors: [{ path: 'data.steps.0.when' }],
  });
});

it('is continued by another worker without running a step twice, and its cancel cancels its flow', async () => {
  const context = await createContext();
  const gate = await closedGate();
  const id = await begin(context, {
    steps: [
      { id: 'quick', type: 'diagnostic', input: { payload: 'done' } },
      { id: 'slow', type: 'bulk-operation', after: ['quick'], forEach: '[1..2]', input: gate.item },
      { id: 'long', type: 'diagnostic', after: ['slow'], input: { durationMs: 60_000 } },
    ],
  });
  const begun = async (step: string) =>
    (await readJobLogs(context, id)).lines.filter((l) => l.message.startsWith(`${step}:`)).length;
  await until('the slow step runs', async () => (await begun('slow')) === 1);
  const { rows } = await pool().query<{ pid: number }>(
    'select c.pid from consumer c join job j on j.consumer_id = c.id where j.id = $1',
    [id],
  );
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
  gate.open();
  await until('another went on to the last step', async () => (await begun('long')) === 1);
  expect(await begun('slow')).toBe(2);
  expect((await flowsOf(context)).map((f) => f.jobs)).toEqual([1, 3, 1]);
  await cancelJob(context, id);
  await until('it is cancelled', async () => (await getJob(context, id)).status === 'cancelled');
  await until('so is its flow', async () => (await flowsOf(context))[2]?.status === 'cancelled');
});

it('fails as a poison job when a second worker dies with it, though it left quarantine', async () => {
  const context = await createContext();
  const id = await begin(context, {
    steps: [
      { id: 'first', type: 'diagnostic', input: {} },
      // No worker takes it: a step of a killed worker would enter the quarantine before the workflow.
      { id: 'long', type: 'external', after: ['first'], input: {} },
    ],
  });
  const begun = async () => (await readJobLogs(context, id)).lines.filter((l) => l.message.startsWith('long:')).length;
  for (const times of [1, 2]) {
    await until('its long step runs', async () => (await begun()) >= times);
    const { rows } = await pool().query<{ pid: number }>(
      'select c.pid from consumer c join job j on j.consumer_id = c.id where j.id = $1',
      [id],
    );
    const [holder] = rows;
    if (!holder) throw new Error('nobody holds the workflow');
    process.kill(holder.pid, 'SIGKILL');
  }
  await until('it has ended', async () => (await getJob(context, id)).finishedAt !== null);
  const job = await getJob(context, id);
  expect(job).toMatchObject({ status: 'failed', error: { code: 'worker-crashed' } });
  expect(job.attempts.map((a) => a.outcome)).toEqual(['crashed', 'deferred', 'failed']);
  await cancelAbandonedSteps();
  await until('its flow is cancelled', async () => (await flowsOf(context))[1]?.status === 'cancelled');
});

it('leaves no open flow when it is cancelled while no worker runs it', async () => {
  const context = await createContext();
  const id = await begin(context, { steps: [{ id: 'slow', type: 'diagnostic', input: { durationMs: 60_000 } }] });
  await until('its flow runs', async () => (await flowsOf(context)).length === 1);
  // Simulates that the workflow was requeued and then cancelled.
  await pool().query(`update job set status = 'cancelled', finished_at = now(), attempt = attempt + 1 where id = $1`, [
    id,
  ]);
  expect(await cancelAbandonedSteps()).toBe(1);
  await until('its flow is cancelled', async () => (await flowsOf(context))[0]?.status === 'cancelled');
});
