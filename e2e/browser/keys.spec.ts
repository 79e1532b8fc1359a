import { BatchPage } from '@/e2e/pages/batch';
import { JobModal } from '@/e2e/pages/job-modal';
import { expect, test } from '@/e2e/support/test';

test('the palette finds a batch, and its items are moved through, selected and opened with keys alone', async ({
  page,
  api,
}) => {
  const name = `by keys ${Date.now()}`;
  const { body } = await api.launch({ name, type: 'diagnostic', items: Array(5).fill({}), start: 'queue' });
  await api.finished(body.batchId);
  const { keyboard } = page;
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Needs you' })).toBeVisible();
  await keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search/ }).fill(name);
  await expect(page.getByRole('option', { name: new RegExp(name) }).first()).toHaveAttribute('aria-selected', 'true');
  await keyboard.press('Enter');
  await expect(page).toHaveURL(`/batches/${body.batchId}`);

  const batch = new BatchPage(page);
  const item = (place: number) => batch.row(new RegExp(`#${place}$`));
  await expect(item(5)).toBeVisible();
  await item(1).focus();
  await keyboard.press('j');
  await expect(item(2)).toBeFocused();
  await keyboard.press('Shift+ArrowDown');
  await expect(item(3)).toBeFocused();
  const bar = page.getByRole('region', { name: 'Selection' });
  await expect(bar).toContainText('2 selected');
  await keyboard.press('End');
  await keyboard.press('x');
  await expect(bar).toContainText('3 selected');
  await keyboard.press('Escape');
  await expect(bar).toBeHidden();
  await keyboard.press('Home');
  await expect(item(1)).toBeFocused();
  await keyboard.press('Enter');
  const { dialog } = new JobModal(page);
  await expect(dialog).toContainText('#1');
  await keyboard.press('ArrowRight');
  await expect(dialog).toContainText('#2');
  await keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(item(2)).toBeFocused();
});
