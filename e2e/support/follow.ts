import type { Page } from '@playwright/test';

/** Pages without the frame of the product. */
const OUTSIDE = /^\/(sign-in|forgot-password|reset-password|second-factor|invite)\b/;

/**
 * Goes to a page as a link does. To load every page anew would take most of the time of all journeys.
 * Pages that need no session are loaded, as links to them are.
 */
export async function follow(page: Page, address: string): Promise<void> {
  if (page.url() === 'about:blank' || OUTSIDE.test(address)) {
    await page.goto(address);
    return;
  }
  const { pathname } = new URL(page.url());
  await page.evaluate(
    (to) => (globalThis as unknown as { next: { router: { push(to: string): void } } }).next.router.push(to),
    address,
  );
  if (pathname !== address) await page.waitForURL((url) => url.pathname !== pathname);
}
