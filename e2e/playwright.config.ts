import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './support/browser';
import type { Options } from './support/test';

const chromium = chromiumPath();
// These journeys run on the product with Redis only, so that both products are busy for about the same time.
const ON_REDIS =
  /browser\/(access|batch|bulk-actions|every-page|fix|flows|hostile|import|look|queries|sign-in|sign-in-methods|training)\.spec/;

// The product is started once for each project, with `npm start`, on a port and in a folder of its own
// (support/global-setup.ts). The journeys of one product run one after the other, as they share its capacity; those of
// the other product run at the same time.
export default defineConfig<Options>({
  testDir: '.',
  outputDir: '../test-results/journeys',
  globalSetup: './support/global-setup.ts',
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 600_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json', { outputFile: '../test-results/journeys.json' }]],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 860 },
    // Every page is recorded, and kept if its journey fails. Pictures of each change would double the processor time of
    // the browser, and so do animations that nobody watches: the trace has the page itself and the last picture.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: { ...(chromium === undefined ? {} : { executablePath: chromium }), args: chromiumArgs() },
  },
  projects: [
    { name: 'embedded', workers: 1, use: { product: 'embedded' }, grepInvert: ON_REDIS },
    { name: 'redis', workers: 1, use: { product: 'redis' }, grep: [/@both/, ON_REDIS] },
  ],
});
