import { afterEach, describe, expect, it, vi } from 'vitest';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { type SmtpReceiver, startSmtpReceiver } from '@/lib/testing/smtp-receiver';
import { canSendMail, sendMail } from './send-mail';

let receiver: SmtpReceiver | undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  await receiver?.close();
});

/** Starts a mail server, and configures it. @param change makes the address that is configured of its own */
async function configure(
  behavior: Parameters<typeof startSmtpReceiver>[0] = {},
  change = (url: string) => url,
): Promise<SmtpReceiver> {
  receiver = await startSmtpReceiver(behavior);
  Object.assign(env(), { SMTP_URL: change(receiver.url), MAIL_FROM: 'Batchyard <batchyard@example.org>' });
  expect(canSendMail()).toBe(true);
  return receiver;
}

const MAIL = { to: 'ana@example.org', subject: 'Hello', text: 'Hello' };
const withPassword = (url: string) => url.replace('://', '://yard:hunter-2-hunter@');

/** Sends a mail that fails. @returns the line of the log as text, and the error in it */
async function fail(): Promise<{ line: string; err: { code?: string; message: string } }> {
  const warn = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
  expect(await sendMail(MAIL)).toBe(false);
  expect(warn).toHaveBeenCalledOnce();
  const [fields, text] = warn.mock.calls[0] as unknown as [{ err: Error & { code?: string } }, string];
  return { line: `${text} ${JSON.stringify({ ...fields.err, message: fields.err.message })}`, err: fields.err };
}

it('a mail reaches the server with its recipient, and its subject adds no header', async () => {
  const { mails } = await configure();
  const subject = 'Grüße aus Zürich\r\nBcc: eve@example.org';
  expect(await sendMail({ to: 'ana@example.org', subject, text: 'Hello Ana.\n.\nLine 3' })).toBe(true);
  expect(mails).toEqual([
    { to: ['ana@example.org'], subject: expect.stringContaining('Grüße aus Zürich'), text: 'Hello Ana.\n.\nLine 3\n' },
  ]);
});

it('a mail reaches a server that asks for a password', async () => {
  const { mails, lines } = await configure({}, withPassword);
  expect(await sendMail(MAIL)).toBe(true);
  expect(mails).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('AUTH'))).toHaveLength(1);
});

describe('a mail that is not accepted is reported as not sent, with the reason,', () => {
  it('if the server is gone', async () => {
    await (await configure()).close();
    expect((await fail()).err.message).toContain('ECONNREFUSED');
  });

  it('if the password is wrong, which the log does not hold', async () => {
    await configure({ refuses: true }, withPassword);
    const { line, err } = await fail();
    expect(err).toMatchObject({ code: 'EAUTH', message: expect.stringContaining('535') });
    expect(line).not.toContain('hunter-2');
  });

  it('if the server says nothing', async () => {
    await configure({ silent: true }, (url) => `${url}?greetingTimeout=200`);
    expect((await fail()).err).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('if the server speaks no TLS where the address asks for it', async () => {
    await configure({}, (url) => url.replace('smtp:', 'smtps:'));
    expect((await fail()).err.code).toMatch(/^E(SOCKET|TLS|CONNECTION)$/);
  });

  it('if the server offers TLS and breaks it: the mail is not sent in clear instead', async () => {
    const { mails } = await configure({ breaksTls: true });
    await fail();
    expect(mails).toEqual([]);
  });

  it('if the server offers no TLS and a password would cross the network in clear', async () => {
    // A name of this machine that does not say so.
    const { lines } = await configure({}, (url) => withPassword(url).replace('127.0.0.1', '[::ffff:127.0.0.1]'));
    expect((await fail()).err.code).toMatch(/^E(TLS|SOCKET)$/);
    expect(lines.filter((line) => line.startsWith('AUTH'))).toEqual([]);
  });
});
