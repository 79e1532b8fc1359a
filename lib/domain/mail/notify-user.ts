import { logger } from '@/lib/config/logger';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { canSendMail, sendMail } from './send-mail';

interface Notice {
  userId: string;
  /** what changed: `Your password was changed` */
  what: string;
  /** the network address that it came from */
  address?: string | null | undefined;
}

/**
 * Tells a user by mail that the account changed, so that somebody else's change does not go unnoticed. Does not wait for
 * the mail server.
 */
export function notifyUser(notice: Notice): void {
  if (!canSendMail()) return;
  send(notice).catch((error: unknown) =>
    logger.warn({ err: error, userId: notice.userId }, 'The notice of a change to an account was not sent.'),
  );
}

async function send({ userId, what, address }: Notice): Promise<void> {
  const { rows } = await pool().query<{ email: string; name: string }>(
    sql`select email, name from "user" where id = ${userId}`,
  );
  const user = rows[0];
  if (!user) return;
  const from = address ? ` from the address ${address}` : '';
  await sendMail({
    to: user.email,
    subject: `${what} on Batchyard`,
    text: `Hello ${user.name},\n\n${what} on ${new Date().toUTCString()}${from}.\n\nIf this was not you, change your password at once, end all other sessions under Settings, Security, and tell an administrator.\n`,
  });
}
