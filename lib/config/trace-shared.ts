import type { Span } from '@opentelemetry/api';
import { perProcess } from './per-process';

/** What all bundles of a process share. */
interface Shared {
  /** the ids that the next span gets instead of random ones */
  next?: { traceId: string; spanId: string } | undefined;
  /** whether a trace of this id, started here, is recorded */
  records?: (traceId: string) => boolean;
  /** the spans around a span, in this process */
  parents?: WeakMap<object, Span>;
}

export const shared: Shared = perProcess<Shared>('tracing', () => ({})).get();
