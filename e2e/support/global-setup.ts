import type { FullConfig } from '@playwright/test';
import { startIdentityProvider } from '@/lib/testing/identity-provider';
import { startOtlpReceiver } from '@/lib/testing/otlp-receiver';
import { startRedis } from '@/lib/testing/services/redis';
import { freePort } from '@/scripts/lib/port.mjs';
import { forgetMet, reportMet } from './answers';
import { announce, isAnnounced, PRODUCTS } from './products';
import { startProduct } from './start-product';

/** Who can sign in at the provider of single sign-on. */
const PEOPLE = {
  ben: { email: 'ben@example.com', email_verified: true, name: 'Ben Okafor', groups: ['yard-operators'] },
  eve: { email: 'eve@example.com', email_verified: true, name: 'Eve', groups: ['others'] },
};

/** Starts a product for each project that this run selects; the answer stops them. */
export default async function globalSetup(config: FullConfig): Promise<() => Promise<void>> {
  forgetMet();
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  const start = async (name: 'embedded' | 'redis', env: Record<string, string>) => {
    const began = Date.now();
    console.log(`… starting the product (${name})`);
    const { stop, ...product } = await startProduct(name, env);
    stops.push(stop);
    const collectorUrl = env.OTEL_EXPORTER_OTLP_ENDPOINT;
    announce(name, { ...product, ...(collectorUrl === undefined ? {} : { collectorUrl }) });
    console.log(
      `✓ the product (${name}) is ready at ${product.url} after ${((Date.now() - began) / 1000).toFixed(1)} s`,
    );
  };
  // Journeys listen on 127.0.0.1 for calls of the product.
  const common = { MAX_ACTIVE_BATCHES: '1', OUTBOUND_ALLOW: '127.0.0.1' };
  const startEmbedded = async () => {
    const collector = await startOtlpReceiver();
    stops.push(collector.close);
    await start('embedded', { ...common, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  };
  const startWithRedis = async () => {
    const redis = await startRedis(process.env.TEST_REDIS_URL);
    stops.push(redis.stop);
    const port = await freePort();
    // Browsers make passkeys for a host name only.
    const publicUrl = `http://localhost:${port}`;
    const provider = await startIdentityProvider({ dashboard: publicUrl, id: 'company', people: PEOPLE });
    stops.push(provider.close);
    await start('redis', {
      ...common,
      REDIS_URL: redis.url,
      PORT: String(port),
      PUBLIC_URL: publicUrl,
      OIDC_PROVIDERS: JSON.stringify([
        {
          ...provider.client,
          id: 'company',
          name: 'Company',
          issuer: provider.issuer,
          domains: { 'example.com': 'main' },
          groups: { 'yard-operators': 'operator' },
        },
      ]),
    });
  };
  const wanted = wantedProjects(config).filter(
    (name) => !PRODUCTS.some((product) => product === name && isAnnounced(product)),
  );
  try {
    const started = await Promise.allSettled([
      wanted.includes('embedded') && startEmbedded(),
      wanted.includes('redis') && startWithRedis(),
    ]);
    for (const result of started) if (result.status === 'rejected') throw result.reason;
  } catch (error) {
    await stopAll();
    throw error;
  }
  return async () => {
    await stopAll();
    reportMet();
  };
}

/** `--project=embedded` leaves the other product unstarted. */
function wantedProjects(config: FullConfig): string[] {
  const named = process.argv.flatMap((argument, index, all) =>
    argument.startsWith('--project=') ? [argument.slice(10)] : all[index - 1] === '--project' ? [argument] : [],
  );
  return named.length > 0 ? named : config.projects.map((project) => project.name);
}
