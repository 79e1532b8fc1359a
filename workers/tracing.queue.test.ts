import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExporter } from '@/lib/config/trace-exporter';
import { traceIdOf } from '@/lib/config/tracing';
import { getBatchStatus } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { getFlowSummary } from '@/lib/domain/flow/get-flow';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { type OtlpReceiver, startOtlpReceiver, type TestSpan } from '@/lib/testing/otlp-receiver';
import { type OwnJobsRun, startOwnJobs } from '@/lib/testing/services/start-own-jobs';
import { until } from '@/lib/testing/until';

/** Work of many items in one call, which writes into the log of each. */
const TOGETHER = `
import { defineJob } from 'batchyard';
import { z } from 'zod';
export default defineJob({
  input: z.object({ word: z.string() }),
  maxItems: 2,
  maxWaitMs: 9000,
  runMany: async (items) => items.map(({ data, log }) => (log('info', data.word), items.length)),
});`;

let receiver: OtlpReceiver;
let workers: OwnJobsRun;
let stop: () => Promise<void>;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
  process.env.OTEL_BSP_SCHEDULE_DELAY = '50';
  // This process replaces the web process; the workers use the default protocol.
  stop = openExporter('web', { protocol: 'http/json', everyMs: 50, maxWaiting: 8192 });
  workers = await startOwnJobs({ together: TOGETHER });
});

afterAll(async () => {
  await workers?.stop();
  await stop();
  await receiver.close();
});

const spansOf = (correlationId: string) =>
  receiver.spans.filter((s) => s.attributes['batchyard.correlation_id'] === correlationId);
const attemptsOf = (correlationId: string, type = 'diagnostic') =>
  spansOf(correlationId).filter((s) => s.name === `process ${type}`);
const outcomeOf = (span: TestSpan) => span.attributes['batchyard.outcome'];

test('a batch is one trace, from its launch over the queue to each attempt, and monitoring shows its id', async () => {
  const context = await createContext();
  const correlationId = 'order 4711';
  const { result } = await launchBatch(context, {
    fields: { name: 'traced', type: 'diagnostic', start: 'now', correlationId, options: { maxAttempts: 2 } },
    items: asItems([{}, { outcome: 'fail-once' }, { outcome: 'fail' }]),
  });
  const { batchId } = result;
  await until('it has ended', async () => (await getBatchStatus(context, batchId)).status === 'partial');
  await flushMonitoring();
  await until('five attempts are reported', () => attemptsOf(correlationId).length === 5);
  await until('what monitoring says is reported', () => {
    const names = spansOf(correlationId).map((s) => s.name);
    return ['parent-job.created', 'parent-job.child-registered', 'parent-job.child-updated'].every((n) =>
      names.includes(n),
    );
  });

  const spans = spansOf(correlationId);
  expect(new Set(spans.map((s) => s.traceId))).toEqual(new Set([traceIdOf(correlationId)]));
  const launch = spans.find((s) => s.name === 'launch batch');
  expect(launch).toMatchObject({ parentSpanId: '', attributes: { 'batchyard.batch.id': batchId } });
  for (const span of spans) if (span !== launch) expect(span.parentSpanId).toBe(launch?.spanId);

  const attempts = attemptsOf(correlationId);
  expect(attempts.map(outcomeOf).sort()).toEqual(['completed', 'completed', 'failed', 'retry', 'retry']);
  const { jobs } = await listBatchJobs(context, batchId, { limit: 10 });
  const twice = attempts.filter((s) => s.attributes['batchyard.job.id'] === jobs[1]?.id);
  expect(twice.map((s) => [s.attributes['batchyard.attempt'], outcomeOf(s)])).toEqual([
    [1, 'retry'],
    [2, 'completed'],
  ]);
  const failed = attempts.find((s) => outcomeOf(s) === 'failed');
  expect(failed).toMatchObject({
    kind: 5,
    status: { code: 2 },
    resource: { 'service.name': 'batchyard', 'batchyard.process': 'consumer' },
    attributes: { 'batchyard.job.type': 'diagnostic', 'batchyard.batch.id': batchId, 'messaging.system': 'bullmq' },
  });
  expect(failed?.events[0]).toMatchObject({
    name: 'exception',
    attributes: { 'exception.message': jobs[2]?.error?.message },
  });
  expect(spans.find((s) => s.name === 'enqueue diagnostic')).toMatchObject({
    kind: 4,
    resource: { 'batchyard.process': 'supervisor' },
  });
  const created = spans.find((s) => s.name === 'parent-job.created');
  expect(created?.events).toMatchObject([
    { name: 'parent-job.created', attributes: { parentJobId: batchId, correlationId, totalChildren: 3 } },
  ]);
  expect(receiver.requests.map((r) => r.contentType)).toEqual(
    expect.arrayContaining(['application/json', 'application/x-protobuf']),
  );
});

test('a job that kills its process has a span for each attempt that crashed', async () => {
  const context = await createContext();
  const { job } = await createJob(context, { type: 'diagnostic', data: { outcome: 'crash' } });
  await until('it has failed', async () => (await getJob(context, job.id)).status === 'failed');
  await until('both attempts are reported', () => attemptsOf(job.id).length === 2);
  expect(attemptsOf(job.id).map(outcomeOf)).toEqual(['crashed', 'crashed']);
  const making = spansOf(job.id).find((s) => s.name === 'create job');
  expect(attemptsOf(job.id)[0]).toMatchObject({
    parentSpanId: making?.spanId,
    traceId: making?.traceId,
    attributes: { 'error.type': 'worker-crashed' },
    status: { code: 2 },
  });
});

test('all nodes of a flow belong to its trace', async () => {
  const context = await createContext();
  const node = { name: 'leaf', type: 'diagnostic' as const, data: {} };
  const flow = { ...node, name: 'root', children: [node, node] };
  const { result } = await createFlows(context, { flow, correlationId: '0190f3d2-8d1a-7cc2-9a3b-111111111111' });
  const flowId = result.flowIds[0] ?? '';
  await until('it has ended', async () => (await getFlowSummary(context, flowId)).status === 'completed');
  const correlationId = '0190f3d2-8d1a-7cc2-9a3b-111111111111';
  await until('its attempts are reported', () => attemptsOf(correlationId).length === 3);
  const making = spansOf(correlationId).find((s) => s.name === 'create flow');
  expect(making?.traceId).toBe(correlationId.replaceAll('-', ''));
  for (const attempt of attemptsOf(correlationId)) expect(attempt.parentSpanId).toBe(making?.spanId);
});

test('of jobs whose work is one call, each writes into its own span', async () => {
  const context = await createContext();
  const jobs = await Promise.all(
    ['one', 'two'].map(async (word) => (await createJob(context, { type: 'together', data: { word } })).job),
  );
  await until('both are reported', () => jobs.every(({ id }) => attemptsOf(id, 'together').length === 1));
  const said = jobs.map(({ id }) => attemptsOf(id, 'together')[0]?.events.map((event) => event.attributes.message));
  expect(said).toEqual([['one'], ['two']]);
  expect(await Promise.all(jobs.map(async ({ id }) => (await getJob(context, id)).result))).toEqual([2, 2]);
});
