import { expect, type Locator, type Page } from '@playwright/test';
import { must } from '@/lib/contracts/must';

type Counter = 'completed' | 'failed' | 'active' | 'pending' | 'cancelled';

/** A batch, live. */
export class BatchPage {
  get items(): Locator {
    return this.page.getByRole('region', { name: 'Items', exact: true });
  }
  get capacity(): Locator {
    return this.page.getByRole('button', { name: /^Capacity:/ });
  }

  constructor(readonly page: Page) {}

  async open(batchId: string): Promise<void> {
    await this.page.goto(`/batches/${batchId}`);
    await expect(this.page.getByTestId('percent')).toBeVisible();
  }

  /** The id in the address, once the browser is on a batch's page. */
  async id(): Promise<string> {
    await this.page.waitForURL(/\/batches\/[0-9a-f]{8}-/);
    return must(new URL(this.page.url()).pathname.split('/')[2], 'The id of the batch');
  }

  get main(): Locator {
    return this.page.getByRole('main');
  }

  counter(name: Counter): Locator {
    return this.page.locator(`[data-counter="${name}"]`);
  }

  /** Waits until the counters on screen say so. */
  async shows(counters: Partial<Record<Counter, number>>): Promise<void> {
    for (const [name, count] of Object.entries(counters)) {
      await expect(this.counter(name as Counter)).toContainText(count.toLocaleString('en-US'), { timeout: 60_000 });
    }
  }

  async ends(word: string): Promise<void> {
    await expect(this.main.getByText(word, { exact: true }).first()).toBeVisible({ timeout: 60_000 });
    await expect(this.page.getByTestId('percent')).toHaveText(word === 'cancelled' ? /^Cancelled at \d/ : '100%');
  }

  row(name: string | RegExp): Locator {
    return this.items.getByRole('link', { name });
  }

  button(name: string | RegExp): Locator {
    return this.main.getByRole('button', { name });
  }

  /** Opens the cancel menu, chooses, and confirms. */
  async cancel(how: 'Cancel batch' | 'Force cancel'): Promise<Locator> {
    await this.button(/^Cancel/).click();
    await this.page.getByRole('menuitem', { name: how }).click();
    return this.page.getByRole('alertdialog');
  }
}
