import { trace } from '@opentelemetry/api';
import { afterAll, expect, test } from 'vitest';
import { startOtlpReceiver } from '@/lib/testing/otlp-receiver';
import { startTracing } from './start-tracing';

const receiver = await startOtlpReceiver();
afterAll(() => receiver.close());

test('the environment limits the spans that wait for export, and further ones are dropped', async () => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
  process.env.OTEL_BSP_SCHEDULE_DELAY = '60000';
  process.env.OTEL_BSP_MAX_QUEUE_SIZE = '3';
  const stop = await startTracing('web');
  const spans = Array.from({ length: 10 }, (_, i) => trace.getTracer('test').startSpan(`span ${i}`));
  // At once: three are on their way, three wait, and nothing makes room for the others.
  for (const span of spans) span.end();
  await stop();
  expect(receiver.spans.map((span) => span.name)).toEqual(Array.from({ length: 6 }, (_, i) => `span ${i}`));
});
