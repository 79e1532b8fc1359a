import { createHash } from 'node:crypto';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  type TimeInput,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { shared } from './trace-shared';

let known: Tracer | undefined;

/**
 * The tracer of this process, or undefined while no exporter is configured. Callers check it first, so that a job that
 * is not traced costs one read of a variable and no allocation. A program of your own may have registered its own.
 */
export function tracer(): Tracer | undefined {
  if (known) return known;
  const provider = trace.getTracerProvider() as { getDelegateTracer?(name: string): Tracer | undefined };
  known = provider.getDelegateTracer ? provider.getDelegateTracer('batchyard') : trace.getTracer('batchyard');
  return known;
}

/** Where a span belongs: in the trace of the correlation id, below the span that created the owner (a batch, a job, a flow). */
export interface SpanParent {
  correlationId: string;
  ownerId: string;
}

/**
 * The trace of a correlation id: the id itself where it is a UUID or a trace id, else a hash of it. So a trace reaches
 * a million children without a byte in their rows or in the queue.
 */
export function traceIdOf(correlationId: string): string {
  const plain = correlationId.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(plain) && !/^0+$/.test(plain)
    ? plain
    : createHash('sha256').update(correlationId).digest('hex').slice(0, 32);
}

/** The id of the span that created the owner: the random half of the owner's id. */
const spanIdOf = (ownerId: string): string => ownerId.replaceAll('-', '').slice(-16);

/** The context below the span that created the owner. Only its ids are known: it may be old, or of another process. */
export function contextOf({ correlationId, ownerId }: SpanParent): Context {
  const traceId = traceIdOf(correlationId);
  const traceFlags = (shared.records?.(traceId) ?? true) ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: spanIdOf(ownerId), traceFlags, isRemote: true });
}

interface SpanOptions {
  parent: SpanParent;
  kind: SpanKind;
  startTime?: TimeInput;
  attributes?: Attributes;
}

/** Starts a span below the one that created the owner, with the correlation id as an attribute. */
export function startSpan(using: Tracer, name: string, { parent, attributes, ...options }: SpanOptions): Span {
  return using.startSpan(
    name,
    { ...options, attributes: { 'batchyard.correlation_id': parent.correlationId, ...attributes } },
    contextOf(parent),
  );
}

/**
 * Starts the span that creates an owner, with the id that all spans below refer to. It is a child of the request's span
 * when both belong to one trace; otherwise it starts its own trace, and the two spans link to each other.
 */
export function startCreation(using: Tracer, name: string, { parent, attributes, ...options }: SpanOptions): Span {
  const around = trace.getActiveSpan();
  const traceId = traceIdOf(parent.correlationId);
  const apart = around && around.spanContext().traceId !== traceId;
  note({ 'batchyard.correlation_id': parent.correlationId });
  shared.next = { traceId, spanId: spanIdOf(parent.ownerId) };
  try {
    const span = using.startSpan(name, {
      ...options,
      root: !around || apart === true,
      links: apart ? [{ context: around.spanContext() }] : [],
      attributes: { 'batchyard.correlation_id': parent.correlationId, ...attributes },
    });
    if (apart) around.addLink({ context: span.spanContext() });
    return span;
  } finally {
    shared.next = undefined;
  }
}

/** Sets attributes on the active span and on all spans around it, up to that of the request. */
export function note(attributes: Attributes): void {
  for (let span = trace.getActiveSpan(); span; span = shared.parents?.get(span)) span.setAttributes(attributes);
}

/**
 * The correlation id for what is created without one: the trace of the request, so that the work continues it.
 * Undefined when nothing is traced or this trace is not recorded.
 */
export function currentTraceId(): string | undefined {
  const current = trace.getActiveSpan()?.spanContext();
  return current && current.traceFlags & TraceFlags.SAMPLED ? current.traceId : undefined;
}
