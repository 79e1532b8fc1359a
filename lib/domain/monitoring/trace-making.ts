import { type Attributes, SpanKind } from '@opentelemetry/api';
import { type SpanParent, startCreation, startSpan, tracer } from '@/lib/config/tracing';

/** Reports that something was made, since `from`: the span that all its work stands below. */
export function traceMaking(name: string, parent: SpanParent, from: number, attributes: Attributes): void {
  const using = tracer();
  if (using) startCreation(using, name, { parent, kind: SpanKind.PRODUCER, startTime: from, attributes }).end();
}

/** A row that was handed over, and what it belongs to. */
interface Handed {
  id: string;
  correlationId?: string | null;
  batchId?: string | null;
  flowId?: string | null;
}

/**
 * Reports rows that were handed to a queue since `from`: one span for each correlation id among them.
 * @param batchId of all of them, where they don't say it themselves
 */
export function traceHandingOver(queue: string, rows: Handed[], from: number, batchId?: string): void {
  const using = tracer();
  if (!using) return;
  const groups = new Map<string, { first: Handed; count: number }>();
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
