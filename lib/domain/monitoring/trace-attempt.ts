import { type Span, SpanKind, SpanStatusCode, type TimeInput } from '@opentelemetry/api';
import { startSpan, tracer } from '@/lib/config/tracing';
import type { JobError } from '@/lib/contracts/errors';
import { isTerminal, type JobStatus } from '@/lib/contracts/status';

/** The properties of an attempt that are known at its start. */
export interface TracedAttempt {
  id: string;
  type: string;
  batch_id: string | null;
  flow_id: string | null;
  attempt: number;
  correlation_id: string | null;
}

/** Starts the span of one attempt. @returns undefined if tracing is off */
export function startAttemptSpan(of: TracedAttempt, startTime?: TimeInput): Span | undefined {
  const using = tracer();
  if (!using) return undefined;
  const owner = of.flow_id ?? of.batch_id ?? of.id;
  return startSpan(using, `process ${of.type}`, {
    parent: { correlationId: of.correlation_id ?? owner, ownerId: owner },
    kind: SpanKind.CONSUMER,
    ...(startTime === undefined ? {} : { startTime }),
    attributes: {
      'messaging.system': 'bullmq',
      'messaging.operation.type': 'process',
      'messaging.destination.name': of.type,
      'messaging.message.id': of.id,
      'batchyard.job.id': of.id,
      'batchyard.job.type': of.type,
      ...(of.batch_id ? { 'batchyard.batch.id': of.batch_id } : {}),
      ...(of.flow_id ? { 'batchyard.flow.id': of.flow_id } : {}),
      'batchyard.attempt': of.attempt,
    },
  });
}

/**
 * Returns how an attempt ended, from its outcome and its row's new status: the row of a cancelled job ends even if the
 * outcome was a retry. Without a status a newer attempt owns the row.
 */
export function attemptOutcome(kind: string, became: JobStatus | undefined): string {
  if (became === undefined) return 'stale';
  return isTerminal(became) ? became : kind;
}

/**
 * Ends the span of an attempt. Every outcome with an error, other than `cancelled`, sets the span's error status.
 * @param outcome completed, failed, cancelled, retry, defer, crashed; stale if a newer attempt owns the row
 */
export function endAttemptSpan(span: Span, outcome: string, error: JobError | undefined, endTime?: TimeInput): void {
  span.setAttribute('batchyard.outcome', outcome);
  if (error) {
    const { message, code, stack } = error;
    span.recordException({ name: code ?? 'Error', message, ...(stack === undefined ? {} : { stack }) }, endTime);
    span.setAttribute('error.type', code ?? 'Error');
    if (outcome !== 'cancelled') span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
  span.end(endTime);
}
