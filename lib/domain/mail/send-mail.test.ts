import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSmtpReceiver } from '@/lib/testing/smtp-receiver';

const receiver = await startSmtpReceiver();
process.env.SMTP_URL = receiver.url;
process.env.MAIL_FROM = 'Batchyard <batchyard@example.org>';
const { canSendMail, sendMail } = await import('./send-mail');

beforeAll(() => expect(canSendMail()).toBe(true));
afterAll(() => receiver.close());

it('a mail reaches the server with its recipient, and its subject adds no header', async () => {
  const subject = 'Grüße aus Zürich\r\nBcc: eve@example.org';
  expect(await sendMail({ to: 'ana@example.org', subject, text: 'Hello Ana.\n.\nLine 3' })).toBe(true);
  expect(receiver.mails).toEqual([
    { to: ['ana@example.org'], subject: expect.stringContaining('Grüße aus Zürich'), text: 'Hello Ana.\n.\nLine 3\n' },
  ]);
});

it('a mail that the server does not accept is reported as not sent', async () => {
  await receiver.close();
  expect(await sendMail({ to: 'ana@example.org', subject: 'Hello', text: 'Hello' })).toBe(false);
});
