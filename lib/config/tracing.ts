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
 * The tracer of this process, or undefined while nobody listens: asked first everywhere, so that a job that is not
 * traced costs a look at a variable and allocates nothing. A program of your own may have registered its own.
 */
export function tracer(): Tracer | undefined {
  if (known) return known;
  const provider = trace.getTracerProvider() as { getDelegateTracer?(name: string): Tracer | undefined };
  known = provider.getDelegateTracer ? provider.getDelegateTracer('batchyard') : trace.getTracer('batchyard');
  return known;
}

/** Where something stands: in the trace of its correlation id, below what made its owner (a batch, a job, a flow). */
export interface Place {
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

/** The span that made something, by the random half of its id. */
const spanIdOf = (ownerId: string): string => ownerId.replaceAll('-', '').slice(-16);

/** The context below what made the owner. It was made elsewhere, or long ago: nothing but its ids is known here. */
export function contextOf({ correlationId, ownerId }: Place): Context {
  const traceId = traceIdOf(correlationId);
  const traceFlags = (shared.records?.(traceId) ?? true) ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: spanIdOf(ownerId), traceFlags, isRemote: true });
}

interface Facts {
  place: Place;
  kind: SpanKind;
  startTime?: TimeInput;
  attributes?: Attributes;
}

/** A span below what made the owner; it carries the correlation id, as all do. */
export function startSpan(using: Tracer, name: string, { place, attributes, ...options }: Facts): Span {
  return using.startSpan(
    name,
    { ...options, attributes: { 'batchyard.correlation_id': place.correlationId, ...attributes } },
    contextOf(place),
  );
}

/**
 * The span of what makes an owner, under the id that everything below it refers to: within the request that asked for
 * it where both are one trace, else at the top of its own, and each then names the other.
 */
export function startCreation(using: Tracer, name: string, { place, attributes, ...options }: Facts): Span {
  const around = trace.getActiveSpan();
  const traceId = traceIdOf(place.correlationId);
  const apart = around && around.spanContext().traceId !== traceId;
  note({ 'batchyard.correlation_id': place.correlationId });
  shared.next = { traceId, spanId: spanIdOf(place.ownerId) };
  try {
    const span = using.startSpan(name, {
      ...options,
      root: !around || apart === true,
      links: apart ? [{ context: around.spanContext() }] : [],
      attributes: { 'batchyard.correlation_id': place.correlationId, ...attributes },
    });
    if (apart) around.addLink({ context: span.spanContext() });
    return span;
  } finally {
    shared.next = undefined;
  }
}

/** Says something of the spans that are open around this, up to that of the request. */
export function note(attributes: Attributes): void {
  for (let span = trace.getActiveSpan(); span; span = shared.parents?.get(span)) span.setAttributes(attributes);
}

/**
 * The correlation id for what is made without one: the trace that the request belongs to, so that it goes on through
 * the work. Undefined where nothing is traced, or this trace is not recorded.
 */
export function currentTraceId(): string | undefined {
  const current = trace.getActiveSpan()?.spanContext();
  return current && current.traceFlags & TraceFlags.SAMPLED ? current.traceId : undefined;
}
