import { randomBytes } from 'node:crypto';
import { expect, test } from '@/e2e/support/test';
import type { LaunchResult } from '@/lib/contracts/batch';
import type { TestSpan } from '@/lib/testing/otlp-receiver';
import { eventually } from '@/lib/testing/until';

test('the trace of a request continues through the launch and the queue to each attempt', async ({ api, running }) => {
  expect(running.collectorUrl, 'the collector that the product reports to').toBeTruthy();
  const [traceId, caller] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const body = { name: 'traced', type: 'diagnostic', items: [{}, { outcome: 'fail' }] };
  const launched = await api.post<LaunchResult>('/api/batches', body, { traceparent: `00-${traceId}-${caller}-01` });
  expect(launched.status).toBe(201);
  const { batchId } = launched.body;

  const spans = await eventually(
    'both attempts and what became of them are reported',
    async () => {
      const all = (await (await fetch(`${running.collectorUrl}/spans`)).json()) as TestSpan[];
      return all.filter((s) => s.traceId === traceId);
    },
    (found) =>
      found.filter((s) => s.name === 'process diagnostic').length === 2 &&
      found.some((s) => s.name === 'parent-job.child-updated'),
  );
  const named = (name: string) => spans.filter((s) => s.name === name);
  const [request] = named('POST /api/batches');
  expect(request).toMatchObject({ kind: 2, parentSpanId: caller, resource: { 'batchyard.process': 'web' } });
  const [launch] = named('launch batch');
  expect(launch?.attributes['batchyard.batch.id']).toBe(batchId);
  const attempts = named('process diagnostic');
  expect(attempts.map((s) => s.attributes['batchyard.outcome']).sort()).toEqual(['completed', 'failed']);
  for (const attempt of attempts) {
    expect(attempt).toMatchObject({ parentSpanId: launch?.spanId, resource: { 'batchyard.process': 'consumer' } });
  }
  expect(new Set(spans.map((s) => s.attributes['batchyard.correlation_id']))).toEqual(new Set([traceId]));
  const { body: answer } = await api.get<{ batch: { correlationId: string } }>(`/api/batches/${batchId}`);
  expect(answer.batch.correlationId).toBe(traceId);
});
