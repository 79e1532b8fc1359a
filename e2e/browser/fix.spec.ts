import { readFile, writeFile } from 'node:fs/promises';
import { BatchPage } from '@/e2e/pages/batch';
import { JobModal } from '@/e2e/pages/job-modal';
import { LaunchPage } from '@/e2e/pages/launch';
import { expect, test } from '@/e2e/support/test';
import type { JobList } from '@/lib/contracts/job';

test('the errors file is downloaded, refused while it is wrong, corrected, and only its rows run again', async ({
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
  const dialog = page.getByRole('dialog', { name: 'Upload the corrected errors file' });
  await expect(dialog.getByRole('row', { name: /3 _row is 2 a second time/ })).toBeVisible();
  await batch.shows({ completed: 1, failed: 3 });

  await page.getByLabel('Another corrected file').setInputFiles(await file('right.csv', ...fixed));
  await expect(dialog.getByText('2 rows are valid')).toBeVisible();
  await dialog.getByRole('button', { name: 'Retry 2 items' }).click();
  await expect(dialog).toBeHidden();
  await batch.shows({ completed: 3, failed: 1 });
  const { body: results } = await api.get<JobList>(`/api/batches/${body.batchId}/jobs?limit=1`);
  expect(results.jobs[0]?.status).toBe('completed');
  expect(JSON.parse(results.jobs[0]?.dataPreview ?? '')).toMatchObject({ payload: '=1+1' });
});

test("failed and skipped rows are downloaded with the table's columns, corrected, and run again", async ({
  page,
  api,
}, info) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.bring({
    name: 'guests.csv',
    content: 'Guest;Wait (ms);Ends\n=ann;1;fail\nBob;soon;complete\nCy;3;complete\nDan;4;fail\n',
  });
  await launch.map('durationMs', 'Wait (ms)');
  await launch.map('outcome', 'Ends');
  await launch.template('payload', 'table for {{Guest}}');
  await page.getByRole('button', { name: 'Check every row' }).click();
  await expect(launch.counts).toContainText('1 does not');
  await page.locator('label', { hasText: 'Skip 1 bad row' }).click();
  await launch.name.fill('guests');
  await launch.submit.click();
  const batch = new BatchPage(page);
  const batchId = await batch.id();
  await batch.shows({ completed: 1, failed: 2 });

  await batch.main.getByRole('button', { name: 'Errors file', exact: true }).click();
  const errors = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^Errors as CSV Columns of the table/ }).click();
  const [header = '', ann = '', dan = ''] = (await readFile(await (await errors).path(), 'utf8')).split('\r\n');
  expect(header).toMatch(/_table_row,_row,_job,_reason,Guest,Wait \(ms\),Ends$/);
  expect(ann).toMatch(/^1,1,.*,'=ann,1,fail$/);
  expect(dan).toMatch(/^4,3,.*,Dan,4,fail$/);

  const file = async (name: string, ...rows: string[]) => {
    const path = info.outputPath(name);
    await writeFile(path, rows.join('\r\n'));
    return path;
  };
  const wrong = [ann.replace(/,fail$/, ',complete'), dan.replace(',4,', ',later,')];
  await page.getByLabel('Corrected errors file').setInputFiles(await file('wrong.csv', header, ...wrong));
  const dialog = page.getByRole('dialog', { name: 'Upload the corrected errors file' });
  await expect(dialog.getByRole('row', { name: /2 durationMs .*column Wait \(ms\)/ })).toBeVisible();

  const right = [wrong[0] ?? '', dan.replace('Dan,4,fail', 'Dana,4,complete')];
  await page.getByLabel('Another corrected file').setInputFiles(await file('right.csv', header, ...right));
  await expect(dialog.getByText('2 rows are valid')).toBeVisible();
  await expect(dialog).toContainText('Changed cells of guests.csv are mapped as at its launch');
  await dialog.getByRole('button', { name: 'Retry 2 items' }).click();
  await expect(dialog).toBeHidden();
  await batch.shows({ completed: 3, failed: 0 });
  const { body } = await api.get<JobList>(`/api/batches/${batchId}/jobs`);
  expect(body.jobs.map((job) => JSON.parse(job.dataPreview ?? ''))).toEqual([
    { durationMs: 1, outcome: 'complete', payload: 'table for =ann' },
    { durationMs: 3, outcome: 'complete', payload: 'table for Cy' },
    { durationMs: 4, outcome: 'complete', payload: 'table for Dana' },
  ]);

  await expect(batch.main.getByText('1 row of guests.csv was skipped')).toBeVisible();
  await batch.button(/^Skipped rows/).click();
  const leftOut = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^Skipped rows as CSV/ }).click();
  const skipped = await readFile(await (await leftOut).path(), 'utf8');
  expect(skipped).toMatch(/_table_row,_reason,Guest,Wait \(ms\),Ends\r\n2,.*,Bob,soon,complete/);
  const fixed = await file('skipped.csv', skipped.replace('soon', '2'));
  await page.getByLabel('Corrected skipped rows').setInputFiles(fixed);
  await page.waitForURL(/\/batches\/new\?import=/);
  await expect(page.getByLabel('Template of payload')).toHaveValue('table for {{Guest}}');
  await page.getByRole('button', { name: 'Check every row' }).click();
  await expect(launch.counts).toContainText('1 valid');
  await launch.submit.click();
  const rest = await batch.id();
  await batch.ends('completed');
  const { jobs } = (await api.get<JobList>(`/api/batches/${rest}/jobs`)).body;
  expect(JSON.parse(jobs[0]?.dataPreview ?? '')).toEqual({
    durationMs: 2,
    outcome: 'complete',
    payload: 'table for Bob',
  });
});

test('an input is edited field by field and retried, and the others by an expression', async ({ page, api }) => {
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
  await many.getByLabel('New value').fill('payload = "two" ? "complete" : "nonsense"');
  await many.getByRole('button', { name: 'Preview' }).click();
  await expect(many.getByText('1 item would be invalid')).toBeVisible();
  await many.getByLabel('New value').fill('"complete"');
  await many.getByRole('button', { name: 'Preview' }).click();
  await expect(many.getByText('2 items are valid')).toBeVisible();
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
