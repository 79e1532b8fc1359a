import { SignInPage } from '@/e2e/pages/sign-in';
import { newPerson } from '@/e2e/support/new-person';
import { expect, test } from '@/e2e/support/test';
import type { MemberDto } from '@/lib/contracts/member';

const MARK = 'ana.hidden@secret.example';

test('an operator acts and sees contents redacted; a viewer without payloads sees neither contents nor actions', async ({
  stranger: page,
  api,
}) => {
  const launched = await api.launch({
    name: 'letters',
    type: 'diagnostic',
    items: [{ outcome: 'fail', payload: { email: MARK, text: `dear ${MARK}` } }],
    options: { maxAttempts: 1 },
  });
  const { batchId } = launched.body;
  await expect.poll(async () => (await api.batch(batchId)).status).toBe('failed');
  expect((await api.call('PUT', '/api/redaction', { paths: ['data.payload.email'], patterns: ['email'] })).status).toBe(
    200,
  );
  try {
    const operator = await newPerson(api, 'operator');
    await page.goto('/sign-in');
    await new SignInPage(page).signIn(operator.email, operator.password);
    await page.waitForURL('/');
    await page.goto(`/batches/${batchId}`);
    await page.getByRole('row', { name: /letters #1/ }).click();
    await page.getByRole('tab', { name: 'Input' }).click();
    await expect(page.getByRole('dialog')).toContainText('[redacted]');
    await expect(page.locator('body')).not.toContainText(MARK);
    // What is redacted in the form comes back as it was.
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await expect.poll(async () => (await api.batch(batchId)).run).toBe(2);

    const { body } = await api.get<{ members: MemberDto[] }>('/api/members');
    const member = body.members.find(({ email }) => email === operator.email);
    await api.call('PATCH', `/api/members/${member?.id}`, { role: 'viewer', seesPayloads: false });
    await page.goto(`/batches/${batchId}`);
    await expect(page.getByText('An operator can retry batches; you are a viewer.')).toBeVisible();
    await expect(page.getByRole('button', { name: /Retry|Cancel|Results/ })).toHaveCount(0);
    await expect(page.getByText('Results are not shown to you.')).toBeVisible();
    await page.getByRole('row', { name: /letters #1/ }).click();
    await expect(page.getByText('The result is not shown to you')).toBeVisible();
    await expect(page.locator('body')).not.toContainText('[redacted]');
    await page.goto('/batches');
    await expect(page.getByRole('link', { name: 'New batch' })).toHaveCount(0);
    await page.goto('/batches/new');
    await expect(page.getByText('You can’t launch a batch')).toBeVisible();
  } finally {
    await api.call('PUT', '/api/redaction', { paths: [], patterns: [] });
  }
});
