import type { Page } from '@playwright/test';
import { BatchPage } from '@/e2e/pages/batch';
import { expect, test } from '@/e2e/support/test';

const PAGES = [
  '/',
  '/batches',
  '/batches/new',
  '/batches/new?type=bulk-operation',
  '/jobs',
  '/flows',
  '/flows/new',
  '/schedules',
  '/bulk-actions',
  '/schedules/new',
  '/dead-letters',
  '/settings/profile',
  '/settings/appearance',
  '/settings/organization',
  '/settings/members',
  '/settings/security',
  '/settings/privacy',
  '/settings/secrets',
  '/settings/accounts',
];

/** How far the page itself could be scrolled: only regions inside the frame scroll, so that the frame never leaves. */
async function scrollsAway(page: Page): Promise<number> {
  await page.mouse.move(400, 400);
  for (let i = 0; i < 3; i += 1) await page.mouse.wheel(0, 20_000);
  return page.evaluate(() => {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
    return Math.max(scrollTop, scrollHeight - clientHeight);
  });
}

/** What the browser itself can tell: names, landmarks, no doubled ids. */
async function problems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const seen = new Set<string>();
    for (const { id } of document.querySelectorAll('[id]')) {
      if (seen.has(id)) found.push(`the id ${id} is used twice`);
      seen.add(id);
    }
    if (document.querySelectorAll('main').length !== 1) found.push('there is not exactly one main landmark');
    if (document.querySelectorAll('h1').length !== 1) found.push('there is not exactly one h1');
    if (!document.documentElement.lang) found.push('the page names no language');
    for (const image of document.querySelectorAll('img:not([alt])'))
      found.push(`an image has no alt: ${image.outerHTML}`);
    for (const control of document.querySelectorAll<HTMLInputElement>('input, select, textarea')) {
      const named = control.labels?.length || control.ariaLabel || control.getAttribute('aria-labelledby');
      if (control.type !== 'hidden' && !named) found.push(`a control has no name: ${control.outerHTML.slice(0, 120)}`);
    }
    for (const button of document.querySelectorAll<HTMLElement>('button, a[href]')) {
      const named =
        button.textContent?.trim() || button.ariaLabel || button.getAttribute('aria-labelledby') || button.title;
      if (!named) found.push(`a button or link has no name: ${button.outerHTML.slice(0, 120)}`);
    }
    return found;
  });
}

test('every page has landmarks, names and no error in the console', async ({ page, api }) => {
  const { body } = await api.launch({ name: 'looked at', type: 'diagnostic', items: [{}, { outcome: 'fail' }] });
  await api.finished(body.batchId);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const [job] = await api.children(body.batchId);
  for (const path of [...PAGES, `/batches/${body.batchId}`, `/jobs/${job?.id}`]) {
    await page.goto(path);
    await expect(page.locator('[data-live="live"]')).toBeVisible();
    expect(await problems(page), path).toEqual([]);
    expect(await scrollsAway(page), path).toBe(0);
  }
  expect(complaints).toEqual([]);
});

test('everything can be done with the keyboard', async ({ page, api }) => {
  const { body } = await api.launch({ name: 'by keyboard', type: 'diagnostic', items: [{}, {}, { outcome: 'fail' }] });
  await api.finished(body.batchId);
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  const first = batch.items.getByRole('link').first();
  await first.focus();
  await page.keyboard.press('ArrowDown');
  await expect(batch.items.getByRole('link').nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(dialog.getByText('failed as configured').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: /^Search/ }).fill('by keyboard');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('no page is wider than the screen, and the main actions work', async ({ page, api }) => {
    const { body } = await api.launch({
      name: 'on a phone, with a rather long name',
      type: 'diagnostic',
      items: [{}, {}],
    });
    await api.finished(body.batchId);
    for (const path of [...PAGES, `/batches/${body.batchId}`]) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, path).toBeLessThanOrEqual(360);
      expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), path).toBe(0);
    }
    const batch = new BatchPage(page);
    await batch.ends('completed');
    // A name that is cut in its middle is still one name, and keeps its end.
    const first = batch.items.getByRole('link', { name: 'on a phone, with a rather long name #1', exact: true });
    await expect(first.getByText('name #1')).toBeVisible();
    await batch.items.getByRole('link').first().tap();
    await expect(page.getByRole('dialog')).toBeVisible();
  });
});
