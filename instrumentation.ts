import { logger } from '@/lib/config/logger';
import { startTracing } from '@/lib/config/start-tracing';

/** Next calls it once before the web process accepts requests. Next's own spans use the same exporter as ours. */
export async function register(): Promise<void> {
  const stop = await startTracing('web');
  const end = () => stop().catch((error: unknown) => logger.warn({ err: error }, 'the last traces were not sent'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
}
