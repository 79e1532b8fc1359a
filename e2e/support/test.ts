import { test as base } from '@playwright/test';
import { Api } from './api';
import { find, type Product, type ProductName } from './products';

export interface Options {
  product: ProductName;
}

interface Fixtures {
  running: Product;
  api: Api;
}

/** Playwright's test with the running product and its API. Whatever a journey left running is cancelled after it. */
export const test = base.extend<Fixtures & Options>({
  product: ['embedded', { option: true }],
  running: async ({ product }, use) => {
    await use(find(product));
  },
  baseURL: async ({ running }, use) => {
    await use(running.url);
  },
  api: async ({ running }, use) => {
    const api = new Api(running);
    await use(api);
    await api.settle();
  },
});

export { expect } from '@playwright/test';
