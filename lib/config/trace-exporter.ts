import { hostname } from 'node:os';
import { context, type DiagLogFunction, DiagLogLevel, diag, propagation, TraceFlags, trace } from '@opentelemetry/api';
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

/** The kind of a process; an attribute of all its spans. */
export type TracedProcess = 'web' | 'supervisor' | 'consumer';

const random = new RandomIdGenerator();

/** Random ids, unless the next ones are set. */
const ids: IdGenerator = {
  generateTraceId: () => shared.next?.traceId ?? random.generateTraceId(),
  generateSpanId: () => shared.next?.spanId ?? random.generateSpanId(),
};

/** Remembers the parent of each span, so that attributes can be set on a request's span from deep inside. */
const remember: SpanProcessor = {
  onStart: (span, parent) => {
    const around = trace.getSpan(parent);
    if (around?.isRecording()) shared.parents?.set(span, around);
  },
  onEnd: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

/** Next's spans that describe a request; the others describe Next itself. */
const REQUEST_SPANS = ['BaseServer.handleRequest', 'AppRouteRouteHandlers.runHandler', 'AppRender.getBodyResult'];
const PROBE = /\/api\/health\/(live|ready)$/;

function isExported({ name, attributes }: ReadableSpan): boolean {
  const type = attributes['next.span_type'];
  return typeof type !== 'string' || (REQUEST_SPANS.includes(type) && !PROBE.test(name));
}

/** Exports spans in batches, without those that describe Next itself. */
class SpanBatches extends BatchSpanProcessor {
  override onEnd(span: ReadableSpan): void {
    if (isExported(span)) super.onEnd(span);
  }
}

/** The decision of the configured sampler for a trace, cached for the many spans of one batch. */
function cachedSampler(): (traceId: string) => boolean {
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
  /** milliseconds between two exports */
  everyMs: number;
  /** spans that may wait for an export; more are dropped */
  maxWaiting: number;
}

const LOG_INTERVAL_MS = 60_000;

/** Limits the log: a collector that is away fails every few seconds. */
function rateLimitedLog(): DiagLogFunction {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (message, ...details) => {
    if (Date.now() - loggedAt < LOG_INTERVAL_MS) return;
    loggedAt = Date.now();
    logger.warn({ details: details.map(String) }, `Traces could not be exported: ${message}`);
  };
}

/** Sends the spans of this process to the collector that the environment names, in groups. Loaded only where it does. */
export function openExporter(part: TracedProcess, options: ExporterOptions): () => Promise<void> {
  const log = rateLimitedLog();
  const silent = () => undefined;
  diag.setLogger(
    { error: log, warn: log, info: silent, debug: silent, verbose: silent },
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
      new SpanBatches(exporter, { scheduledDelayMillis: options.everyMs, maxQueueSize: options.maxWaiting }),
    ],
  });
  shared.parents = new WeakMap();
  shared.records = cachedSampler();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}
