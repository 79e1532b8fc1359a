import { expect, test } from '@/e2e/support/test';

test('a schedule is made with a look at its next times, fires by itself and by hand, is paused, backfilled and deleted', async ({
  page,
}) => {
  const name = `every five seconds ${Date.now()}`;
  await page.goto('/schedules');
  await page.getByRole('link', { name: 'New schedule' }).first().click();
  await expect(page.getByRole('heading', { name: 'New schedule' })).toBeVisible();

  // The next times follow what is typed, with what the clocks do.
  const times = page.getByRole('list', { name: 'Next times' });
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Cron expression').fill('30 2 * * SUN');
  await page.getByLabel('Not before').fill('2031-03-29T00:00');
  await expect(page.getByText('At 02:30, only on Sunday')).toBeVisible();
  await expect(times).toContainText('02:30 does not exist on this day');
  await page.getByLabel('Cron expression').fill('30 2 * *');
  await expect(page.getByText('has 4 fields; five are needed', { exact: false })).toBeVisible();
  await page.getByLabel('Not before').fill('');

  await page.getByLabel('Repeats').selectOption('at an interval');
  await page.getByLabel('Every', { exact: true }).fill('5');
  await page.getByLabel('Unit').selectOption('seconds');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Launches').selectOption('a single job');
  await page.getByLabel('Job type').selectOption('diagnostic');
  await page.getByLabel('Input').fill('{ "steps": 1 }');
  await page.getByLabel('If the last run has not finished').selectOption('run both');
  await page.getByRole('button', { name: 'Create schedule' }).click();
  await expect(page.getByRole('heading', { name })).toBeVisible();

  // It fires by the clock, and a consumer runs what it launched.
  const history = page.getByRole('table', { name: 'Firings' });
  await expect(history.getByText('completed').first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await expect(page.getByText('It is paused.')).toBeVisible();

  await page.getByRole('button', { name: 'Run now' }).click();
  await expect(history.getByText('by hand')).toBeVisible();
  await expect(page.getByRole('list', { name: /Activity/ }).getByText('ran by hand')).toBeVisible({ timeout: 40_000 });

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: /Backfill/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('has more than 1000 due times', { exact: false })).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('link', { name: 'Edit' }).click();
  await expect(page.getByLabel('Input')).toHaveValue(/"steps": 1/);
  await page.getByLabel('Repeats').selectOption('at times (cron)');
  await page.getByLabel('Cron expression').fill('@daily');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('At 00:00 in', { exact: false })).toBeVisible();

  await page.getByRole('link', { name: 'Schedules' }).first().click();
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('paused');
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: /Delete schedule/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete schedule' }).click();
  await expect(page.getByRole('heading', { name: 'Schedules' })).toBeVisible();
  await expect(page.getByText(name)).toBeHidden();
});
