import { context, SpanKind, trace } from '@opentelemetry/api';
import { afterAll, expect, test } from 'vitest';
import { startOtlpReceiver } from '@/lib/testing/otlp-receiver';
import { currentTraceId, startCreation, startSpan, traceIdOf, tracer } from './tracing';

const receiver = await startOtlpReceiver();
afterAll(() => receiver.close());

test('nothing is traced without a collector', () => {
  expect(tracer()).toBeUndefined();
  expect(currentTraceId()).toBeUndefined();
});

test('a correlation id gives one trace id, always the same', () => {
  expect(traceIdOf('0190f3d2-8d1a-7cc2-9A3B-111111111111')).toBe('0190f3d28d1a7cc29a3b111111111111');
  expect(traceIdOf('4bf92f3577b34da6a3ce929d0e0e4736')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(traceIdOf('order 4711')).toMatch(/^[0-9a-f]{32}$/);
  expect(traceIdOf('order 4711')).toBe(traceIdOf('order 4711'));
  expect(traceIdOf('order 4711')).not.toBe(traceIdOf('order 4712'));
  // No trace may be all zeros.
  expect(traceIdOf('0'.repeat(32))).not.toBe('0'.repeat(32));
});

test("a request's jobs are in its trace or linked to it, and a sampler keeps or drops a whole trace", async () => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
  process.env.OTEL_TRACES_SAMPLER = 'parentbased_traceidratio';
  process.env.OTEL_TRACES_SAMPLER_ARG = '0.5';
  const { openExporter } = await import('./trace-exporter');
  const stop = openExporter('web', { protocol: 'http/protobuf', everyMs: 10_000, maxWaiting: 100 });
  const using = tracer();
  if (!using) throw new Error('there is no tracer');
  const [taken, left] = ['1'.repeat(32), `${'f'.repeat(8)}${'0'.repeat(24)}`];
  const ownerId = '0190f3d2-8d1a-7cc2-9a3b-111111111111';
  const make = (correlationId: string) => {
    startCreation(using, 'make', { parent: { correlationId, ownerId }, kind: SpanKind.PRODUCER }).end();
    startSpan(using, 'work', { parent: { correlationId, ownerId }, kind: SpanKind.CONSUMER }).end();
  };
  const request = startRequest(taken);
  context.with(trace.setSpan(context.active(), request), () => {
    expect(currentTraceId()).toBe(taken);
    make(taken);
    make(`${'2'.repeat(31)}a`);
    make(left);
  });
  request.end();
  // Its caller does not sample: what it makes gets a trace of its own.
  context.with(trace.setSpan(context.active(), startRequest(taken, 0)), () => expect(currentTraceId()).toBeUndefined());
  await stop();

  const named = (name: string) => receiver.spans.filter((s) => s.name === name);
  const [inside, apart, ...more] = named('make');
  expect(more).toEqual([]);
  expect(inside).toMatchObject({
    traceId: taken,
    spanId: '9a3b111111111111',
    parentSpanId: request.spanContext().spanId,
  });
  expect(apart).toMatchObject({ parentSpanId: '', links: [{ traceId: taken, spanId: request.spanContext().spanId }] });
  const [asked] = named('request');
  expect(asked?.links).toContainEqual({ traceId: apart?.traceId, spanId: apart?.spanId });
  expect(asked?.attributes['batchyard.correlation_id']).toBe(left);
  expect(named('work').map((s) => [s.traceId, s.parentSpanId])).toEqual([
    [taken, inside?.spanId],
    [apart?.traceId, apart?.spanId],
  ]);

  function startRequest(traceId: string, traceFlags = 1) {
    const from = { traceId, spanId: '1234567890abcdef', traceFlags, isRemote: true };
    return trace.getTracer('test').startSpan('request', {}, trace.setSpanContext(context.active(), from));
  }
});
