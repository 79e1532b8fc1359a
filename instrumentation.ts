/** Next calls it once before the web process accepts requests. Next's own spans use the same exporter as ours. */
export async function register(): Promise<void> {
  // Next compiles this file for its edge runtime too, where nothing of it can run, and leaves out what this condition excludes.
  // biome-ignore lint/style/noProcessEnv: the compiler replaces it, so it can't be read through a function
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { logger } = await import('@/lib/config/logger');
    const { startTracing } = await import('@/lib/config/start-tracing');
    const stop = await startTracing('web');
    const end = () => stop().catch((error: unknown) => logger.warn({ err: error }, 'the last traces were not sent'));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
  }
}
