import type { Locator, Page } from '@playwright/test';

/** Everything about one job, over the page that opened it. */
export class JobModal {
  constructor(private readonly page: Page) {}

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }
  get retry(): Locator {
    return this.dialog.getByRole('button', { name: 'Retry', exact: true });
  }
  get close(): Locator {
    return this.dialog.getByRole('button', { name: 'Close' });
  }

  tab(name: 'Result' | 'Input' | 'Logs' | 'Attempts') {
    return this.dialog.getByRole('tab', { name });
  }
}
