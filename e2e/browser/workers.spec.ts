import { expect, test } from '@/e2e/support/test';
import type { NodeList } from '@/lib/contracts/worker';

test('a machine is drained from the workers page, takes nothing meanwhile, and goes on when it is resumed', async ({
  page,
  api,
}) => {
  const [node] = (await api.get<NodeList>('/api/workers')).body.nodes;
  try {
    await page.goto('/settings/workers');
    const main = page.getByRole('main');
    await expect(main.getByText('running', { exact: true })).toBeVisible();
    await main.getByRole('button', { name: 'Drain' }).click();
    const question = page.getByRole('alertdialog');
    await expect(question).toContainText('It takes no more work');
    await question.getByRole('button', { name: 'Drain' }).click();
    await expect(main.getByText('drained', { exact: true })).toBeVisible({ timeout: 120_000 });
    await expect(main.getByText('No process runs jobs any more.')).toBeVisible();

    const { body } = await api.launch({
      name: 'waits for the machine',
      type: 'diagnostic',
      items: [{}],
      start: 'queue',
    });
    await page.goto(`/batches/${body.batchId}`);
    await expect(page.getByRole('heading', { name: 'waits for the machine' })).toBeVisible();
    expect(await api.batch(body.batchId)).toMatchObject({ completed: 0, active: 0 });

    await page.goto('/settings/workers');
    await main.getByRole('button', { name: 'Resume' }).click();
    await expect(main.getByText('running', { exact: true })).toBeVisible({ timeout: 120_000 });
    expect(await api.finished(body.batchId)).toMatchObject({ status: 'completed', completed: 1 });
  } finally {
    await api.post(`/api/workers/${node?.id}/resume`);
  }
});
