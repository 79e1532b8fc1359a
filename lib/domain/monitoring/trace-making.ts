import { type Attributes, SpanKind } from '@opentelemetry/api';
import { type SpanParent, startCreation, startSpan, tracer } from '@/lib/config/tracing';

/** Reports a creation that started at `from`: the parent span of all its work. */
export function traceMaking(name: string, parent: SpanParent, from: number, attributes: Attributes): void {
  const using = tracer();
  if (using) startCreation(using, name, { parent, kind: SpanKind.PRODUCER, startTime: from, attributes }).end();
}

/** A row that was enqueued, and what it belongs to. */
interface TracedRow {
  id: string;
  correlationId?: string | null;
  batchId?: string | null;
  flowId?: string | null;
}

/**
 * Reports rows that were enqueued since `from`: one span for each correlation id.
 * @param batchId the batch of all rows; needed if the rows do not name it
 */
export function traceEnqueued(queue: string, rows: TracedRow[], from: number, batchId?: string): void {
  const using = tracer();
  if (!using) return;
  const groups = new Map<string, { first: TracedRow; count: number }>();
  for (const row of rows) {
    const key = row.correlationId ?? row.id;
    groups.set(key, { first: row, ...groups.get(key), count: (groups.get(key)?.count ?? 0) + 1 });
  }
  for (const [correlationId, { first, count }] of groups) {
    const { flowId } = first;
    const inBatch = batchId ?? first.batchId;
    const ownerId = flowId ?? inBatch ?? first.id;
    startSpan(using, `enqueue ${queue}`, {
      parent: { correlationId, ownerId },
      kind: SpanKind.PRODUCER,
      startTime: from,
      attributes: {
        'messaging.system': 'bullmq',
        'messaging.operation.type': 'send',
        'messaging.destination.name': queue,
        'messaging.batch.message_count': count,
        ...(count === 1 ? { 'batchyard.job.id': first.id } : {}),
        ...(inBatch ? { 'batchyard.batch.id': inBatch } : {}),
        ...(flowId ? { 'batchyard.flow.id': flowId } : {}),
      },
    }).end();
  }
}
