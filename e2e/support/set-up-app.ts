import type { Page } from '@playwright/test';
import { must } from '@/lib/contracts/must';
import { totpOf } from '@/lib/testing/totp';
import { expect } from './test';

/**
 * Sets up an authenticator app with the panel on the present page, as a person does on a slow machine.
 * @returns the address that the QR code stands for, and the recovery codes
 */
export async function setUpApp(page: Page, password: string): Promise<{ uri: string; recoveryCodes: string[] }> {
  const dialog = page.getByRole('dialog');
  // A page that a sign-in just led to may not listen to a click yet.
  await expect(async () => {
    if (await dialog.isHidden()) await page.getByRole('button', { name: 'Set up' }).click({ timeout: 15_000 });
    await expect(dialog.getByLabel('Your password')).toBeVisible({ timeout: 15_000 });
  }).toPass({ timeout: 300_000 });
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('img', { name: /^QR code/ })).toBeVisible();
  const secret = must(await dialog.locator('code').textContent(), 'The secret').replaceAll(' ', '');
  const uri = `otpauth://totp/x?secret=${secret}`;
  const codes = page.getByRole('dialog', { name: 'Your recovery codes' });
  // A code holds for half a minute. Where one came too late, a person types the next one.
  await expect(async () => {
    if (await codes.isHidden()) {
      await dialog.getByLabel('Code', { exact: true }).fill(totpOf(uri), { timeout: 15_000 });
      await dialog.getByRole('button', { name: 'Turn on' }).click({ timeout: 15_000 });
    }
    await expect(codes).toBeVisible({ timeout: 15_000 });
  }).toPass({ timeout: 300_000 });
  await expect(codes.getByRole('listitem')).toHaveCount(10);
  const recoveryCodes = await codes.getByRole('listitem').allInnerTexts();
  await codes.getByRole('button', { name: 'I have saved them' }).click();
  await expect(codes).toBeHidden();
  return { uri, recoveryCodes };
}
