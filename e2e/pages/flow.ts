import { expect, type Locator, type Page } from '@playwright/test';
import { must } from '@/lib/contracts/must';

/** A flow, drawn as a tree. */
export class FlowPage {
  constructor(readonly page: Page) {}

  /** The id in the address, once the browser is on a flow's page. */
  async id(): Promise<string> {
    await this.page.waitForURL(/\/flows\/[0-9a-f]{8}-/);
    return must(new URL(this.page.url()).pathname.split('/')[2], 'The id of the flow');
  }

  get graph(): Locator {
    return this.page.getByRole('application');
  }
  get list(): Locator {
    return this.page.getByRole('tree');
  }

  /** The card of a job in the drawing. */
  card(name: string): Locator {
    return this.graph.locator('[data-job]', { hasText: name });
  }

  async ends(word: string): Promise<void> {
    await expect(this.page.getByRole('main').getByText(word, { exact: true }).first()).toBeVisible({ timeout: 60_000 });
    await expect(this.page.getByTestId('percent')).toHaveText('100%');
  }
}
