import { expect, test } from '@/e2e/support/test';

test('failed items of one customer are found over several batches, by text, filter and link, and saved as a view', async ({
  page,
  context,
  api,
}) => {
  const customer = `acme-${Date.now()}`;
  const item = (of: string, outcome: string) => ({ outcome, payload: { customer: of } });
  for (const name of ['first', 'second']) {
    const { body } = await api.launch({
      name: `${name} of ${customer}`,
      type: 'diagnostic',
      searchable: ['payload.customer'],
      start: 'queue',
      items: [item(customer, 'fail'), item(customer, 'complete'), item(`not-${customer}`, 'fail')],
    });
    await api.finished(body.batchId);
  }

  await page.goto('/jobs');
  await expect(page.getByRole('heading', { name: 'Jobs' })).toBeVisible();
  const bar = page.getByRole('combobox', { name: 'Search jobs' });
  await expect(async () => {
    await page.keyboard.press('/');
    await expect(bar).toBeFocused({ timeout: 5_000 });
  }).toPass({ timeout: 300_000 });
  const rows = page.getByRole('table', { name: 'Jobs' }).getByRole('row');
  await bar.fill(`data.payload.customer:${customer}`);
  await expect(rows).toHaveCount(5);
  await page.getByRole('group', { name: 'Status' }).getByRole('button', { name: 'failed' }).click();
  await expect(bar).toHaveValue(`data.payload.customer:${customer} status:failed`);
  await expect(rows).toHaveCount(3);

  // The address holds everything: another tab shows the same.
  await expect(page).toHaveURL(/query=/);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('combobox', { name: 'Search jobs' })).toHaveValue(await bar.inputValue());
  await expect(other.getByRole('table', { name: 'Jobs' }).getByRole('row')).toHaveCount(3);
  await other.close();

  // What cannot be understood is said at its place, and the list stays as it was.
  await bar.fill('stauts:failed ');
  await page.keyboard.press('Escape');
  await bar.blur();
  await expect(page.getByText('There is no field stauts. Did you mean status?')).toBeVisible();
  await expect(rows).toHaveCount(3);
  await bar.fill(`data.payload.customer:${customer} status:failed`);
  await expect(page.getByText('There is no field stauts.')).toBeHidden();
  await bar.blur();

  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: /Save this query/ }).click();
  const form = page.getByRole('dialog', { name: 'Save view' });
  await form.getByRole('textbox', { name: 'Name' }).fill(`Failed of ${customer}`);
  await form.getByRole('checkbox', { name: /Everybody/ }).check();
  await form.getByRole('button', { name: 'Save view' }).click();
  await expect(form).toBeHidden();
  const link = page.getByRole('region', { name: 'Saved views' }).getByRole('link', { name: `Failed of ${customer}` });
  await expect(link).toContainText('2');

  await page.goto('/');
  await link.click();
  await expect(rows).toHaveCount(3);
  const { body } = await api.get<{ views: { id: string; name: string }[] }>('/api/views');
  const view = body.views.find(({ name }) => name === `Failed of ${customer}`);
  expect((await api.call('DELETE', `/api/views/${view?.id}`)).status).toBe(200);
});

test('the API says where a query is wrong, and how far a search came', async ({ api }) => {
  const wrong = await api.get<{ code: string; errors: unknown[] }>('/api/jobs?query=status:bogus+foo:1');
  expect(wrong.status).toBe(422);
  expect(wrong.body.code).toBe('invalid-query');
  expect(wrong.body.errors).toMatchObject([
    { at: 7, length: 5 },
    { at: 13, length: 3 },
  ]);
  for (const list of ['jobs', 'batches', 'flows']) {
    const { status, body } = await api.get<{ searched: unknown }>(
      `/api/${list}?query=${encodeURIComponent('created:>1h -by:nobody')}`,
    );
    expect(status, list).toBe(200);
    expect(body.searched).toMatchObject({ rows: expect.any(Number) });
  }
  const saved = await api.post<{ view: { id: string } }>('/api/views', { name: 'v', of: 'flows', query: 'is:dead' });
  expect(saved.status).toBe(201);
  const changed = await api.call('PATCH', `/api/views/${saved.body.view.id}`, { query: 'status:failed', position: 0 });
  expect(changed).toMatchObject({ status: 200, body: { view: { query: 'status:failed', mine: true, shared: false } } });
  expect((await api.get('/api/views?of=flows&counts=true')).status).toBe(200);
  expect((await api.call('DELETE', `/api/views/${saved.body.view.id}`)).status).toBe(200);
});
