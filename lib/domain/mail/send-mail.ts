import type { Transporter } from 'nodemailer';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';

/** A mail server that does not answer may not hold a request for longer. */
const TIMEOUT_MS = 10_000;

interface Mail {
  to: string | string[];
  subject: string;
  /** plain text; one paragraph a line */
  text: string;
}

/** Every mail has a connection of its own, so no state is kept. Parameters of SMTP_URL replace these settings. */
async function connect(url: string): Promise<Transporter> {
  // Loaded by the first mail, because most processes send none.
  const { createTransport } = await import('nodemailer');
  const timeouts = {
    dnsTimeout: TIMEOUT_MS,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  };
  const guards = { requireTLS: needsTls(url), disableFileAccess: true, disableUrlAccess: true };
  return createTransport({ url, ...timeouts, ...guards }, { from: env().MAIL_FROM });
}

/** Whoever is in the network between could hide that the server offers TLS, and would read the password and the links. */
function needsTls(url: string): boolean {
  const { username, hostname } = new URL(url);
  return username !== '' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** Returns whether mails can be sent: a mail server is configured. */
export const canSendMail = (): boolean => env().SMTP_URL !== undefined;

/** Asks the mail server whether it would take mails. @throws Error without it, and as its library reports a problem */
export async function checkMail(): Promise<void> {
  const { SMTP_URL: url } = env();
  if (url === undefined) throw new Error('No mail server is configured.');
  await (await connect(url)).verify();
}

/**
 * Sends a mail. A failure is logged and never thrown: nothing may depend on the arrival of a mail.
 * @returns whether the mail server accepted it; false without a mail server
 */
export async function sendMail(mail: Mail): Promise<boolean> {
  const { SMTP_URL: url } = env();
  if (url === undefined) return false;
  try {
    await (await connect(url)).sendMail(mail);
    return true;
  } catch (error) {
    logger.warn({ err: error, subject: mail.subject }, 'The mail server did not accept a mail. It is not sent again.');
    return false;
  }
}

/**
 * Sends a mail for who tries again if it fails. Recipients do not see each other.
 * @returns null if the mail server accepted it, else why not, without what the server knows of this installation
 */
export async function deliverMail({ to, ...mail }: Mail): Promise<string | null> {
  const { SMTP_URL: url } = env();
  if (url === undefined) return 'No mail server is configured.';
  try {
    await (await connect(url)).sendMail({ bcc: to, ...mail });
    return null;
  } catch (error) {
    logger.warn({ err: error, subject: mail.subject }, 'The mail server did not accept a message. It is tried again.');
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';
    return `The mail server did not accept it (${code}).`;
  }
}
