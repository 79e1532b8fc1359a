import { BatchPage } from '@/e2e/pages/batch';
import { LaunchPage } from '@/e2e/pages/launch';
import { expect, test } from '@/e2e/support/test';
import { startHookReceiver } from '@/lib/testing/hook-receiver';
import { until } from '@/lib/testing/until';

test('a webhook is added and tested, a launch tells it, and the log shows what arrived', async ({ page, api }) => {
  const receiver = await startHookReceiver();
  const name = `receiver ${Date.now()}`;
  await page.goto('/settings/notifications');
  await page.getByRole('button', { name: 'Add channel' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Address', { exact: true }).fill(receiver.url);
  await dialog.getByRole('button', { name: 'Add channel' }).click();
  // The form has a field of the same name, so the answer is waited for.
  await expect(page.getByRole('dialog', { name: `The secret of ${name}` })).toBeVisible();
  const secret = await dialog.getByLabel('Secret').inputValue();
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByRole('button', { name: `Send a test to ${name}` }).click();
  await expect(page.getByText(`The test message to ${name} arrived.`, { exact: false })).toBeVisible();

  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.paste('[{ "durationMs": 1 }]');
  await page.getByText('When it ends, tell …').click();
  await page.getByRole('checkbox', { name }).check();
  await expect(launch.submit).not.toHaveAttribute('aria-disabled', 'true');
  await launch.submit.click();
  const batch = new BatchPage(page);
  const batchId = await batch.id();
  await batch.ends('completed');
  await until('the receiver was told', () => receiver.hooks.some(({ event }) => event.data.batchId === batchId));
  receiver.verify(secret);

  await page.goto('/settings/notifications');
  const sent = page.getByRole('table', { name: 'Messages' }).getByRole('row').filter({ hasText: name });
  await expect(sent.filter({ hasText: 'batch.finished' }).getByText('arrived')).toBeVisible();
  await sent.filter({ hasText: 'batch.finished' }).getByRole('button').click();
  await expect(page.getByRole('dialog')).toContainText('thank you');

  const { body } = await api.get<{ channels: { id: string; name: string }[] }>('/api/channels');
  const made = body.channels.find((channel) => channel.name === name);
  expect((await api.call('DELETE', `/api/channels/${made?.id}`)).status).toBe(200);
  await receiver.close();
});
