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

test('the browser tells when the batch that one watches has ended', async ({ page, context, api, gate }) => {
  await context.grantPermissions(['notifications'], { origin: new URL(api.product.url).origin });
  // The browser's own notifications, of which the page keeps no list.
  await page.addInitScript(() => {
    const told: string[] = [];
    const Native = Notification;
    Object.assign(globalThis, {
      told,
      Notification: class extends Native {
        constructor(title: string, options?: NotificationOptions) {
          super(title, options);
          told.push(`${title}: ${options?.body}`);
        }
      },
    });
  });
  const name = `watched ${Date.now()}`;
  const { body } = await api.launch({ name, type: 'bulk-operation', items: [gate.item], start: 'queue' });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.shows({ active: 1 });
  await page.getByRole('button', { name: 'Tell me when it ends' }).click();
  await expect(page.getByRole('button', { name: 'Stop watching' })).toHaveAttribute('aria-pressed', 'true');
  gate.open();
  await batch.ends('completed');
  const told = () => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  await expect.poll(told, { timeout: 60_000 }).toEqual([expect.stringMatching(new RegExp(`${name}.*completed`, 's'))]);
  await expect(page.getByRole('button', { name: /Tell me|Stop watching/ })).toBeHidden();
});
