import type { Span } from '@opentelemetry/api';

/** What all bundles of a process share. */
interface Shared {
  /** the ids that the next span gets instead of random ones */
  next?: { traceId: string; spanId: string } | undefined;
  /** whether a trace of this id, started here, is recorded */
  records?: (traceId: string) => boolean;
  /** the spans around a span, in this process */
  parents?: WeakMap<Span, Span>;
}

const held = globalThis as unknown as { batchyardTracing?: Shared };
held.batchyardTracing ??= {};
export const shared: Shared = held.batchyardTracing;
