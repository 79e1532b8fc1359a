import { env } from './env';
import type { TracedProcess } from './trace-exporter';

/**
 * Starts to export spans when the environment names a collector; otherwise does nothing.
 * @returns exports the rest and stops
 */
export async function startTracing(part: TracedProcess): Promise<() => Promise<void>> {
  const given = env();
  const endpoint = given.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? given.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || given.OTEL_SDK_DISABLED) return async () => undefined;
  const { openExporter } = await import('./trace-exporter');
  return openExporter(part, {
    protocol: given.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? given.OTEL_EXPORTER_OTLP_PROTOCOL,
    everyMs: given.OTEL_BSP_SCHEDULE_DELAY,
    maxWaiting: given.OTEL_BSP_MAX_QUEUE_SIZE,
  });
}
