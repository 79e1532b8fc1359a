import { expect, test } from '@/e2e/support/test';

test('rows are dense, or comfortable by choice, and a reload keeps the choice', async ({ page, api }) => {
  const { body } = await api.launch({ name: 'looked at closely', type: 'diagnostic', items: [{}, {}] });
  await api.finished(body.batchId);
  const height = async () => (await page.getByRole('row', { name: /looked at closely/ }).boundingBox())?.height;
  await page.goto('/batches');
  await expect.poll(height).toBe(32);

  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.getByRole('menuitemradio', { name: 'Comfortable' }).click();
  await expect.poll(height).toBe(40);
  await page.reload();
  await expect.poll(height).toBe(40);

  await page.goto(`/batches/${body.batchId}`);
  const items = page.getByRole('region', { name: 'Items', exact: true }).getByRole('link');
  const gap = async () => {
    const [first, second] = [await items.nth(0).boundingBox(), await items.nth(1).boundingBox()];
    return first && second ? Math.round(second.y - first.y) : null;
  };
  await expect.poll(gap).toBe(40);
  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dense' }).click();
  await expect.poll(gap).toBe(32);
});
