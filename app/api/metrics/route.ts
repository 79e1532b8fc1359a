import { metricsContexts } from '@/lib/http/metrics/metrics-contexts';
import { readMetrics } from '@/lib/http/metrics/read-metrics';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  // `metricsContexts` authenticates instead, because a scraper may use METRICS_TOKEN.
  GET: route({ auth: 'none' }, async ({ request }) => {
    const text = await readMetrics(await metricsContexts(request));
    return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
  }),
});
