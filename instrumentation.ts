import { startTracing } from '@/lib/config/start-tracing';

/** Next calls it once, before the web process serves. Next's own spans of requests go where ours go. */
export async function register(): Promise<void> {
  const stop = await startTracing('web');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
}
