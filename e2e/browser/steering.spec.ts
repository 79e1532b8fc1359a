import { BatchPage } from '@/e2e/pages/batch';
import { expect, test } from '@/e2e/support/test';

test('a running batch gets more room, and everything is paused and resumed from the frame @both', async ({
  page,
  api,
  gate,
}) => {
  const { body } = await api.launch({
    name: 'steered',
    type: 'bulk-operation',
    items: Array.from({ length: 12 }, () => gate.item),
    options: { concurrency: 2 },
    start: 'queue',
  });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.shows({ active: 2 });
  await page.getByRole('button', { name: 'Change Concurrency' }).click();
  await page.getByRole('textbox', { name: /^Concurrency/ }).fill('5');
  await page.getByRole('button', { name: 'Save' }).click();
  await batch.shows({ active: 5 });
  expect((await api.batch(body.batchId)).options).toMatchObject({ concurrency: 5 });

  try {
    await batch.capacity.click();
    await page.getByRole('button', { name: 'Pause everything' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: 'Pause everything' }).click();
    await expect(page.getByText('Everything is paused', { exact: true })).toBeVisible();
    await expect(question).toBeHidden();
    const later = await api.launch({ name: 'later', type: 'diagnostic', items: [{}], start: 'now' });
    expect(later).toMatchObject({ status: 201, body: { status: 'pending' } });
    gate.open();
    await batch.shows({ completed: 5, active: 0, pending: 7 });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Resume everything' }).click();
    await expect(page.getByText('Everything is paused', { exact: true })).toBeHidden();
    await batch.ends('completed');
    await api.finished(later.body.batchId);
  } finally {
    await api.post('/api/resume-all', {});
  }
});
