import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatchPage } from '@/e2e/pages/batch';
import { expect, test } from '@/e2e/support/test';
import type { JobList } from '@/lib/contracts/job';

const VALUE = 'swordfish-0451-token';

/** What is called: says who may come in, and what it was shown. */
async function listen() {
  const shown: (string | undefined)[] = [];
  // An idle connection that the server closes could be the one that the client uses next.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    shown.push(request.headers.authorization);
    response.statusCode = request.headers.authorization === `Bearer ${VALUE}` ? 200 : 401;
    response.end(`hello ${request.headers.authorization}`);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/door`, shown, close: () => server.close() };
}

test('a secret is validated, added, used by a call, never shown, replaced and deleted', async ({ page, api }) => {
  const door = await listen();
  try {
    await page.goto('/');
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Settings' }).click();
    await expect(page).toHaveURL(/\/settings\/profile$/);
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Secrets' }).click();
    await expect(page).toHaveURL(/\/settings\/secrets$/);
    const add = page.getByRole('button', { name: 'Add secret' }).first();
    await add.click();
    const dialog = page.getByRole('dialog', { name: 'Add secret' });
    const name = dialog.getByLabel('Name', { exact: true });
    const value = dialog.getByLabel('Value');
    const hosts = dialog.getByLabel('Hosts it may be sent to');
    const confirm = dialog.getByRole('button', { name: 'Add secret' });

    await name.fill('9 lives');
    await value.fill('short');
    await confirm.click();
    await expect(dialog.getByText('must begin with a letter')).toBeVisible();
    await expect(dialog.getByText('must have at least 8 characters')).toBeVisible();
    await expect(dialog.getByText('name at least one host')).toBeVisible();

    await hosts.fill('127.0.0.1:8080');
    await confirm.click();
    await expect(dialog.getByText('names a port without its scheme')).toBeVisible();

    await name.fill('DOOR_KEY');
    await value.fill(`${VALUE}-old`);
    await hosts.fill(new URL(door.url).origin);
    await confirm.click();
    await expect(dialog).toBeHidden();
    const row = page.getByRole('row', { name: /DOOR_KEY/ });
    await expect(row).toContainText('{{secret:DOOR_KEY}}');
    await expect(row).toContainText(new URL(door.url).origin);

    const call = async (label: string, url = door.url) => {
      const headers = { Authorization: 'Bearer {{secret:DOOR_KEY}}' };
      const { body } = await api.launch({
        name: label,
        type: 'bulk-operation',
        items: [{ method: 'GET', url, headers }],
      });
      await api.finished(body.batchId);
      const { jobs } = (await api.get<JobList>(`/api/batches/${body.batchId}/jobs`)).body;
      return { batchId: body.batchId, job: jobs[0] };
    };
    const refused = await call('with the old key');
    expect(refused.job).toMatchObject({ status: 'failed' });
    expect(door.shown.at(-1)).toBe(`Bearer ${VALUE}-old`);

    // The same name again is asked about, and then takes effect with the next call.
    await add.click();
    await name.fill('DOOR_KEY');
    await value.fill(VALUE);
    await hosts.fill(new URL(door.url).origin);
    await confirm.click();
    await expect(dialog.getByText('There is a secret named DOOR_KEY already')).toBeVisible();
    await dialog.getByRole('button', { name: 'Replace DOOR_KEY' }).click();
    await expect(dialog).toBeHidden();
    const admitted = await call('with the new key');
    expect(admitted.job).toMatchObject({ status: 'completed' });
    expect(door.shown.at(-1)).toBe(`Bearer ${VALUE}`);
    // The value comes back in the answer, and stands nowhere.
    expect(JSON.stringify(admitted.job)).not.toContain(VALUE);
    await page.goto('/settings/secrets');
    await expect(row).toBeVisible();
    expect(await page.content()).not.toContain(VALUE);
    expect((await call('to another host', 'http://localhost:9/door')).job?.error).toMatchObject({
      code: 'secret-not-for-host',
    });

    await page.getByRole('button', { name: 'Delete DOOR_KEY' }).click();
    const asked = page.getByRole('alertdialog', { name: 'Delete DOOR_KEY?' });
    await expect(asked).toContainText('Jobs that name it will fail as unknown-secret');
    await asked.getByRole('button', { name: 'Keep it' }).click();
    await expect(row).toBeVisible();
    await page.getByRole('button', { name: 'Delete DOOR_KEY' }).click();
    await asked.getByRole('button', { name: 'Delete secret' }).click();
    await expect(row).toBeHidden();
    const { batchId, job } = await call('without a key');
    expect(job?.error).toMatchObject({ code: 'unknown-secret' });
    const batch = new BatchPage(page);
    await batch.open(batchId);
    await expect(batch.main.getByText(/DOOR_KEY/).first()).toBeVisible();
  } finally {
    door.close();
  }
});

test('secrets that can’t be read show an error, and appear when they are loaded again', async ({ page }) => {
  const type = 'urn:batchyard:problem:invalid-request';
  const problem = { type, title: 'Invalid request', status: 400, code: 'invalid-request', detail: 'Not today.' };
  await page.route('**/api/secrets', (route) =>
    route.fulfill({ status: 400, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  );
  await page.goto('/settings/secrets');
  await expect(page.getByText('The secrets could not be read')).toBeVisible();
  await expect(page.getByText('Not today.')).toBeVisible();
  await page.unroute('**/api/secrets');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('The secrets could not be read')).toBeHidden();
});
