import { readFile } from 'node:fs/promises';
import { BatchPage } from '@/e2e/pages/batch';
import { LaunchPage } from '@/e2e/pages/launch';
import { expect, test } from '@/e2e/support/test';
import type { JobList } from '@/lib/contracts/job';

const table = (name: string, content: string) => ({ name, type: 'text/csv', content });
const TABLES = [table('north.csv', 'city,trees\nOslo,5\n'), table('south.csv', 'city,trees\nRome,7\n')];

test('each dropped file becomes an item of a type with a file field, with the other fields entered once', async ({
  page,
  api,
}) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Data conversion');
  await expect(page.getByRole('tab', { name: 'Form' })).toBeHidden();
  await launch.drop(TABLES);
  await expect(page.getByText('2 files')).toBeVisible();
  const fields = page.getByRole('region', { name: 'The same for every file' });
  await expect(fields.getByText('is required')).toBeVisible();
  await expect(launch.submit).toHaveAttribute('aria-disabled', 'true');
  await fields.getByLabel(/^to/).selectOption('jsonl');
  await expect(launch.submit).toHaveText(/Launch 2 items/);
  await expect(launch.submit).not.toHaveAttribute('aria-disabled', 'true');

  // What was uploaded and typed is there after a reload.
  await page.reload();
  await expect(fields.getByLabel(/^to/)).toHaveValue('jsonl');
  await launch.name.fill('trees');
  await launch.submit.click();
  const batch = new BatchPage(page);
  const batchId = await batch.id();
  await batch.ends('completed');
  const { body } = await api.get<JobList>(`/api/batches/${batchId}/jobs`);
  expect(body.jobs.map((job) => JSON.parse(job.dataPreview ?? '').to)).toEqual(['jsonl', 'jsonl']);
  const results = await page.request.get(`/api/batches/${batchId}/results?format=jsonl`);
  expect(await results.text()).toContain('"rows":1');
});

test('files become a table of files with a template of their names, a check of every row, and a launch', async ({
  page,
  api,
}) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Document processing');
  await launch.drop(TABLES);
  await page.getByRole('button', { name: 'Map and check' }).click();
  await expect(page.getByText('2 files, each of them a row')).toBeVisible();
  await launch.template('title', 'Trees of {{name}}');
  await page.getByRole('button', { name: 'Check every row' }).click();
  await expect(launch.counts).toContainText('2 valid');
  await launch.submit.click();
  const batchId = await new BatchPage(page).id();
  const { body } = await api.get<JobList>(`/api/batches/${batchId}/jobs`);
  expect(body.jobs.map((job) => JSON.parse(job.dataPreview ?? '').title)).toEqual([
    'Trees of north.csv',
    'Trees of south.csv',
  ]);
});

test('several tables at once: the page asks how to read them, and explains why some do not fit together', async ({
  page,
}) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await page.getByRole('tab', { name: 'Rows' }).click();
  const one = page.getByRole('button', { name: 'Read as one table' });

  await launch.drop([...TABLES, { name: 'west.json', type: 'application/json', content: '[]' }], 'tablezone');
  await expect(page.getByText('north.csv and west.json are of different kinds').first()).toBeVisible();
  await expect(one).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('button', { name: 'One item per file' })).toBeHidden();
  await page.getByRole('button', { name: 'Not now' }).click();
  await expect(one).toBeHidden();

  await launch.drop([...TABLES, table('east.csv', 'town,trees\nMinsk,9\n')], 'tablezone');
  await one.click();
  await expect(page.getByText('east.csv lacks the column city of the first file')).toBeVisible();
  await page.getByRole('button', { name: 'Discard north.csv and 2 more' }).click();

  await launch.drop(TABLES, 'tablezone');
  await one.click();
  await expect(page.getByText('2 files, read one after another as one table')).toBeVisible();
  await launch.map('payload', 'city');
  await page.getByRole('button', { name: 'Check every row' }).click();
  await expect(launch.counts).toContainText('2 valid');
});

test('several files among the rows of a type with file fields become items', async ({ page }) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Document processing');
  await page.getByRole('tab', { name: 'Rows' }).click();
  const papers = ['one.md', 'two.md'].map((name) => ({ name, type: 'text/markdown', content: `# ${name}` }));
  await launch.drop(papers, 'tablezone');
  await expect(page.getByText('one.md is no CSV, TSV, JSON, JSONL or XLSX').first()).toBeVisible();
  await page.getByRole('button', { name: 'One item per file' }).click();
  await expect(page.getByRole('tab', { name: 'Files', selected: true })).toBeVisible();
  await expect(launch.submit).toHaveText(/Launch 2 items/);
});

test('files of a chosen folder keep their folders in their names', async ({ page }, info) => {
  const { mkdir, writeFile } = await import('node:fs/promises');
  const folder = info.outputPath('papers');
  await mkdir(`${folder}/deep`, { recursive: true });
  await writeFile(`${folder}/a.txt`, 'a');
  await writeFile(`${folder}/deep/b.txt`, 'b');
  expect(await readFile(`${folder}/a.txt`, 'utf8')).toBe('a');
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Document processing');
  await page.getByLabel('Folder to process').setInputFiles(folder);
  await expect(page.getByText('2 files')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Files' })).toContainText('papers/deep/b.txt');
});
