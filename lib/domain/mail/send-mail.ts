import type { Transporter } from 'nodemailer';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';

/** A mail server that does not answer may not hold a request for longer. */
const TIMEOUT_MS = 10_000;

interface Mail {
  to: string;
  subject: string;
  /** plain text; one paragraph a line */
  text: string;
}

const transport = perProcess('mail', async (): Promise<Transporter> => {
  // Loaded by the first mail, because most processes send none.
  const { createTransport } = await import('nodemailer');
  const { SMTP_URL: url, MAIL_FROM: from } = env();
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  return createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true }, { from });
});

/** Returns whether mails can be sent: a mail server is configured. */
export const canSendMail = (): boolean => env().SMTP_URL !== undefined;

/**
 * Sends a mail. A failure is logged and never thrown: nothing may depend on the arrival of a mail.
 * @returns whether the mail server accepted it; false without a mail server
 */
export async function sendMail(mail: Mail): Promise<boolean> {
  if (!canSendMail()) return false;
  try {
    await (await transport.get()).sendMail(mail);
    return true;
  } catch (error) {
    logger.warn({ err: error, subject: mail.subject }, 'The mail server did not accept a mail. It is not sent again.');
    return false;
  }
}
