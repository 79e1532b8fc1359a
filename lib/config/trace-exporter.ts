import { hostname } from 'node:os';
import {
  context,
  type DiagLogFunction,
  DiagLogLevel,
  diag,
  propagation,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { logger } from './logger';
import { shared } from './trace-shared';

/** What a process is in the yard; an attribute of all that it reports. */
export type TracedProcess = 'web' | 'supervisor' | 'consumer';

const random = new RandomIdGenerator();

/** Random ids, unless the next ones were said. */
const ids: IdGenerator = {
  generateTraceId: () => shared.next?.traceId ?? random.generateTraceId(),
  generateSpanId: () => shared.next?.spanId ?? random.generateSpanId(),
};

/** Remembers which span is around which, so that a request's own can be told what was found out deep inside. */
const remember: SpanProcessor = {
  onStart: (span, parent) => {
    const around = trace.getSpan(parent);
    if (around?.isRecording()) shared.parents?.set(span as unknown as Span, around);
  },
  onEnd: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

/** Of Next's spans of a request, those that say something about it; the others are about Next. */
const TELLING = ['BaseServer.handleRequest', 'AppRouteRouteHandlers.runHandler', 'AppRender.getBodyResult'];
const PROBE = /\/api\/health\/(live|ready)$/;

function isTelling({ name, attributes }: ReadableSpan): boolean {
  const type = attributes['next.span_type'];
  return typeof type !== 'string' || (TELLING.includes(type) && !PROBE.test(name));
}

/** Reports in groups what is worth it. */
class Reports extends BatchSpanProcessor {
  override onEnd(span: ReadableSpan): void {
    if (isTelling(span)) super.onEnd(span);
  }
}

/** What the configured sampler says of a trace, asked once for the many spans of one batch. */
function judge(): (traceId: string) => boolean {
  const tracer = new BasicTracerProvider({ idGenerator: { ...ids, generateTraceId: () => last.traceId } }).getTracer(
    '',
  );
  let last = { traceId: '', records: false };
  return (traceId) => {
    if (last.traceId === traceId) return last.records;
    last = { traceId, records: false };
    last.records = (tracer.startSpan('', { root: true }).spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
    return last.records;
  };
}

interface ExporterOptions {
  protocol: 'http/protobuf' | 'http/json';
  /** between two reports */
  everyMs: number;
  /** spans that wait for a report; what ends beyond is dropped */
  maxWaiting: number;
}

const SAY_AGAIN_MS = 60_000;

/** A collector that is away would else be said every few seconds. */
function sayRarely(): DiagLogFunction {
  let said = Number.NEGATIVE_INFINITY;
  return (message, ...details) => {
    if (Date.now() - said < SAY_AGAIN_MS) return;
    said = Date.now();
    logger.warn({ details: details.map(String) }, `traces: ${message}`);
  };
}

/** Sends the spans of this process to the collector that the environment names, in groups. Loaded only where it does. */
export function openExporter(part: TracedProcess, options: ExporterOptions): () => Promise<void> {
  const say = sayRarely();
  const silent = () => undefined;
  diag.setLogger(
    { error: say, warn: say, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = options.protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'batchyard', 'batchyard.process': part }))
      .merge(resourceFromAttributes({ 'host.name': hostname(), 'process.pid': process.pid }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      remember,
      new Reports(exporter, { scheduledDelayMillis: options.everyMs, maxQueueSize: options.maxWaiting }),
    ],
  });
  shared.parents = new WeakMap();
  shared.records = judge();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}
