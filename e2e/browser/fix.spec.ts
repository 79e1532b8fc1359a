import { readFile, writeFile } from 'node:fs/promises';
import { BatchPage } from '@/e2e/pages/batch';
import { JobModal } from '@/e2e/pages/job-modal';
import { expect, test } from '@/e2e/support/test';
import type { JobDto } from '@/lib/contracts';

test('the errors file is taken, refused while it is wrong, corrected, and only its rows run again', async ({
  page,
  api,
}, info) => {
  const items = ['=1+1', 'b', 'c', 'd'].map((payload, i) => ({ payload, outcome: i === 3 ? 'complete' : 'fail' }));
  const { body } = await api.launch({ name: 'to be fixed', type: 'diagnostic', items });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.shows({ completed: 1, failed: 3 });

  await batch.main.getByRole('button', { name: 'Errors file', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Errors as CSV' }).click();
  const [header = '', first = '', second = ''] = (await readFile(await (await download).path(), 'utf8')).split('\r\n');
  expect(header).toContain('_row,_job,_reason');
  expect(first).toContain("'=1+1");

  const file = async (name: string, ...rows: string[]) => {
    const path = info.outputPath(name);
    await writeFile(path, [header, ...rows].join('\r\n'));
    return path;
  };
  const fixed = [first, second].map((row) => row.replace(',fail,', ',complete,'));
  await page.getByLabel('Corrected errors file').setInputFiles(await file('wrong.csv', ...fixed, second));
  const dialog = page.getByRole('dialog', { name: 'Fix and drop back' });
  await expect(dialog.getByRole('row', { name: /3 _row is 2 a second time/ })).toBeVisible();
  await batch.shows({ completed: 1, failed: 3 });

  await page.getByLabel('Another corrected file').setInputFiles(await file('right.csv', ...fixed));
  await expect(dialog.getByText('2 rows fit')).toBeVisible();
  await dialog.getByRole('button', { name: 'Retry 2 items' }).click();
  await expect(dialog).toBeHidden();
  await batch.shows({ completed: 3, failed: 1 });
  const { body: results } = await api.get<{ jobs: JobDto[] }>(`/api/batches/${body.batchId}/jobs?limit=1`);
  expect(results.jobs[0]).toMatchObject({ status: 'completed', data: { payload: '=1+1' } });
});

test('an input is edited field by field and retried, and the rest by an expression', async ({ page, api }) => {
  const items = ['one', 'two', 'three'].map((payload) => ({ payload, outcome: 'fail' }));
  const { body } = await api.launch({ name: 'to be edited', type: 'diagnostic', items });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.shows({ failed: 3 });

  await batch.items.getByRole('link').first().click();
  const modal = new JobModal(page);
  await modal.dialog.getByRole('button', { name: 'Edit and retry' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit and retry' });
  await edit.getByLabel('steps').fill('many');
  await expect(edit.getByText('must be a number')).toBeVisible();
  await edit.getByLabel('steps').fill('2');
  await edit.getByLabel('outcome').selectOption('complete');
  await edit.getByRole('button', { name: 'Retry with this input' }).click();
  await expect(edit).toBeHidden();
  await expect(modal.dialog.getByText('completed', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  await modal.close.click();
  await batch.shows({ completed: 1, failed: 2 });

  await batch.button('Edit all').click();
  const many = page.getByRole('dialog', { name: 'Edit failed items' });
  await many.getByLabel('Field', { exact: true }).fill('outcome');
  await many.getByLabel('Becomes').fill('payload = "two" ? "complete" : "nonsense"');
  await many.getByRole('button', { name: 'Preview' }).click();
  await expect(many.getByText('1 item would not fit')).toBeVisible();
  await many.getByLabel('Becomes').fill('"complete"');
  await many.getByRole('button', { name: 'Preview' }).click();
  await expect(many.getByText('2 items fit')).toBeVisible();
  await many.getByRole('button', { name: 'Retry 2 items' }).click();
  await expect(many).toBeHidden();
  await batch.shows({ completed: 3, failed: 0 });
});

test('items are added to an open batch, which ends when it is sealed', async ({ page, api }) => {
  const { body } = await api.launch({ name: 'open', type: 'diagnostic', items: [{}], sealed: false });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.shows({ completed: 1 });
  await batch.button('Add items').click();
  const dialog = page.getByRole('dialog', { name: 'Add items' });
  await dialog.getByRole('textbox', { name: 'Items' }).fill('durationMs,steps\n1,2\nsoon,2\n');
  await dialog.getByRole('button', { name: 'Add items' }).click();
  await expect(dialog.getByRole('row', { name: /2 durationMs/ })).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Items' }).fill('durationMs,steps\n1,2\n3,2\n');
  await dialog.getByRole('button', { name: 'Add items' }).click();
  await expect(dialog).toBeHidden();
  await batch.shows({ completed: 3 });
  await batch.button('Seal').click();
  await batch.ends('completed');
});
