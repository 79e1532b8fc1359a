import { randomBytes } from 'node:crypto';
import { type ChannelConfig, type ChannelKind, SECRET_PREFIX } from '@/lib/contracts/channel';
import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { canSendMail } from '@/lib/domain/mail/send-mail';
import { placeOf, seal, unseal } from '@/lib/domain/secret/seal';
import { OutboundError } from '@/lib/outbound/errors';
import { outbound } from '@/lib/outbound/outbound';

/** Makes a secret that signs messages, in the form of Standard Webhooks. */
export const newSecret = (): string => `${SECRET_PREFIX}${randomBytes(32).toString('base64')}`;

/** The sealed form cannot be read in another organization's row, or as another kind of secret. */
const place = (organizationId: string): string => placeOf(organizationId, 'notification');

export const sealConfig = (organizationId: string, config: ChannelConfig): Buffer =>
  seal(stringifyJson(config), place(organizationId));

/** @throws DomainError `unavailable` if it was encrypted with another key */
export const openConfig = (organizationId: string, sealed: Uint8Array): ChannelConfig =>
  JSON.parse(unseal(sealed, place(organizationId)));

/** What of a configuration is shown: of a chat, the address itself lets anybody write there. */
export function shownConfig(kind: ChannelKind, config: ChannelConfig): Omit<ChannelConfig, 'secret'> {
  if (config.url === undefined) return { to: config.to ?? [], memberIds: config.memberIds ?? [] };
  const url = new URL(config.url);
  if (kind !== 'webhook') return { url: `${url.origin}/…` };
  return { url: `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}` };
}

/**
 * Checks where a configuration sends to.
 * @param path of the configuration in the request
 * @throws DomainError `invalid-channel` for an address that may not be called, an unknown member, or mail without a server
 */
export async function requireReachable(
  db: Queryable,
  context: Context,
  config: ChannelConfig,
  path = 'config',
): Promise<void> {
  if (config.url !== undefined) {
    await requireAllowedUrl(config.url, `${path}.url`);
    return;
  }
  if (!canSendMail()) {
    throw invalid(path, 'No mail can be sent: the installation has no mail server (SMTP_URL).');
  }
  const memberIds = config.memberIds ?? [];
  const { rows } = await db.query<{ id: string }>(
    sql`select id from member where organization_id = ${context.organizationId} and id = any(${memberIds}::text[])`,
  );
  const unknown = memberIds.find((id) => !rows.some((row) => row.id === id));
  if (unknown !== undefined) throw invalid(`${path}.memberIds`, 'is no member of the organization');
}

/** @throws DomainError `invalid-channel` for an address that is not public, and that the operator did not allow */
export async function requireAllowedUrl(url: string, path: string): Promise<void> {
  try {
    await outbound().requireAllowed(url);
  } catch (error) {
    if (error instanceof OutboundError) throw invalid(path, error.message);
    throw error;
  }
}

const invalid = (path: string, message: string): DomainError =>
  new DomainError('invalid-channel', `Messages can’t be sent there: ${message}`, { errors: [{ path, message }] });
