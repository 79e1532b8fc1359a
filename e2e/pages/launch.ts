import { expect, type Locator, type Page } from '@playwright/test';

/** What → Items → How → Launch. */
export class LaunchPage {
  get name(): Locator {
    return this.page.getByLabel('Name', { exact: true });
  }
  get launchStep(): Locator {
    return this.page.getByRole('region', { name: 'Launch', exact: true });
  }
  get queueInstead(): Locator {
    return this.launchStep.getByRole('button', { name: 'Queue instead' });
  }

  constructor(readonly page: Page) {}

  get items(): Locator {
    return this.page.getByRole('textbox', { name: 'Items', exact: true });
  }

  async open(): Promise<void> {
    await this.page.goto('/batches/new');
    await expect(this.page.getByRole('heading', { name: 'New batch' })).toBeVisible();
  }

  /** The radio is drawn as a card; its label is what a person clicks. */
  async choose(title: string): Promise<void> {
    await this.page.locator('label', { hasText: title }).first().click();
  }

  async paste(text: string): Promise<void> {
    const rows = this.page.getByRole('tab', { name: 'Rows' });
    if (await rows.isVisible()) await rows.click();
    await this.items.fill(text);
  }

  /** Drops files the way a desktop does. */
  async drop(files: { name: string; type: string; content: string }[], zone = 'dropzone'): Promise<void> {
    const transfer = await this.page.evaluateHandle((list) => {
      const data = new DataTransfer();
      for (const { name, type, content } of list) data.items.add(new File([content], name, { type }));
      return data;
    }, files);
    const place = this.page.locator(`[data-${zone}]`);
    await place.dispatchEvent('dragover', { dataTransfer: transfer });
    await place.dispatchEvent('drop', { dataTransfer: transfer });
  }

  /** Brings a table through the file chooser, as far as its columns. */
  async bring({ name, content }: { name: string; content: string }): Promise<void> {
    const rows = this.page.getByRole('tab', { name: 'Rows' });
    if (await rows.isVisible()) await rows.click();
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(content) };
    await this.page.getByLabel('Table to import').setInputFiles(file);
    await expect(this.page.getByRole('region', { name: 'Columns to fields' })).toBeVisible();
  }

  async map(field: string, column: string): Promise<void> {
    await this.page.getByLabel(`Where ${field} comes from`).selectOption({ label: column });
  }

  async template(field: string, template: string): Promise<void> {
    await this.page.getByLabel(`Where ${field} comes from`).selectOption('template');
    await this.page.getByLabel(`Template of ${field}`).fill(template);
  }

  get counts(): Locator {
    return this.page.locator('[data-counts]');
  }

  get badRows(): Locator {
    return this.page.getByRole('region', { name: 'Invalid rows' });
  }

  get submit(): Locator {
    return this.launchStep.getByRole('button', { name: /^(Launch|At capacity|Already running|Queue [\d])/ });
  }
}
