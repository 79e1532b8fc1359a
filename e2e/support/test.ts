import { test as base, expect, type Page, request } from '@playwright/test';
import { type Gate, startGate } from '@/lib/testing/gate';
import { watchPages } from './answers';
import { Api } from './api';
import { find, type Product, type ProductName } from './products';

export interface Options {
  product: ProductName;
}

interface Fixtures {
  running: Product;
  api: Api;
  /** what a journey needs to be running calls it, and runs until the journey opens it */
  gate: Gate;
  /** a browser that nobody has signed in with */
  stranger: Page;
}

interface WorkerFixtures {
  session: (product: Product) => Promise<string>;
}

/** A session that was authenticated longer ago gives its password again before the next journey. */
const RECENT_MS = 60_000;

/**
 * Playwright's test with the running product and its API; `page` is signed in as the administrator. Whatever a
 * journey left running is cancelled after it.
 */
export const test = base.extend<Fixtures & Options, WorkerFixtures>({
  product: ['embedded', { option: true }],
  // One session for all journeys of a worker: the file that keeps its cookies.
  session: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names
    async ({}, use, info) => {
      const files = new Map<string, { path: string; authenticatedAt: number }>();
      /** Signs in, or gives the password again: some changes need a session that was authenticated minutes ago. */
      const authenticate = async (product: Product, path: string, isKnown: boolean) => {
        const { email, password, url } = product;
        const context = await request.newContext({
          baseURL: url,
          extraHTTPHeaders: { origin: url },
          ...(isKnown ? { storageState: path } : {}),
        });
        const answer = isKnown
          ? await context.post('/api/auth/reauthenticate', { data: { password } })
          : await context.post('/api/auth/sign-in/email', { data: { email, password } });
        expect(answer.ok(), `${answer.status()} ${await answer.text()}`).toBe(true);
        await context.storageState({ path });
        await context.dispose();
      };
      await use(async (product) => {
        const known = files.get(product.url);
        if (known && Date.now() - known.authenticatedAt < RECENT_MS) return known.path;
        const path = known?.path ?? `${info.project.outputDir}/session-${info.workerIndex}-${files.size}.json`;
        await authenticate(product, path, known !== undefined);
        files.set(product.url, { path, authenticatedAt: Date.now() });
        return path;
      });
    },
    { scope: 'worker' },
  ],
  running: async ({ product }, use) => {
    await use(find(product));
  },
  baseURL: async ({ running }, use) => {
    await use(running.url);
  },
  storageState: async ({ session, running }, use) => {
    await use(await session(running));
  },
  // What the pages fetch is compared with the OpenAPI document too.
  context: async ({ context, running }, use) => {
    const differences = watchPages(context, running);
    await use(context);
    expect(await differences(), 'answers that the OpenAPI document does not describe').toEqual([]);
  },
  stranger: async ({ browser, running }, use) => {
    const context = await browser.newContext({ baseURL: running.url, storageState: { cookies: [], origins: [] } });
    const differences = watchPages(context, running);
    await use(await context.newPage());
    expect(await differences(), 'answers that the OpenAPI document does not describe').toEqual([]);
    await context.close();
  },
  gate: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names
    async ({}, use) => {
      const gate = await startGate();
      await use(gate);
      await gate.close();
    },
    {},
  ],
  api: async ({ running }, use) => {
    const api = new Api(running);
    await use(api);
    await api.settle();
  },
});

export { expect, type Locator } from '@playwright/test';
