import type { Readable } from 'node:stream';
import type { ChannelConfig } from '@/lib/contracts/channel';
import { ANSWER_BYTES, ANSWER_SECONDS } from '@/lib/contracts/delivery';
import { stringifyJson } from '@/lib/contracts/json';
import { bodyOf, mailOf } from '@/lib/contracts/notification-formats';
import { retryAfterMs } from '@/lib/contracts/retry-after';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { canSendMail, deliverMail } from '@/lib/domain/mail/send-mail';
import { openConfig } from '@/lib/domain/notification/channel/config';
import { organizationSecret } from '@/lib/domain/notification/channel/signing-secret';
import { clip } from '@/lib/domain/preview';
import { OutboundError } from '@/lib/outbound/errors';
import { outbound } from '@/lib/outbound/outbound';
import type { ClaimedDelivery } from './claim-deliveries';
import { signedHeaders } from './sign';

/** What came of a try. */
export interface TryOutcome {
  delivered: boolean;
  /** the status of the answer */
  status: number | null;
  answer: string | null;
  error: string | null;
  /** another try cannot succeed */
  final: boolean;
  /** the receiver is gone and wants no more messages */
  gone: boolean;
  /** the receiver asks to wait, in seconds */
  retryAfterSeconds: number | null;
}

const failed = (error: string, more: Partial<TryOutcome> = {}): TryOutcome => ({
  delivered: false,
  status: null,
  answer: null,
  error,
  final: false,
  gone: false,
  retryAfterSeconds: null,
  ...more,
});

/**
 * Tries to deliver a message once. It waits 15 s for an answer and follows no redirect.
 * @throws the reason of `signal`; an error of the database
 */
export async function sendOnce(delivery: ClaimedDelivery, signal: AbortSignal): Promise<TryOutcome> {
  if (!delivery.sealed) return failed('The channel was deleted.', { final: true });
  const config = openConfig(delivery.organizationId, delivery.sealed);
  return config.url === undefined
    ? sendMails(delivery, config)
    : post(delivery, { ...config, url: config.url }, signal);
}

async function post(
  delivery: ClaimedDelivery,
  { url, secret }: ChannelConfig & { url: string },
  signal: AbortSignal,
): Promise<TryOutcome> {
  const { id, organizationId, kind, type, data, at, count } = delivery;
  const body = stringifyJson(bodyOf(kind, { type, at: at.toISOString(), data, count }));
  const headers =
    kind === 'webhook'
      ? signedHeaders(secret ?? (await organizationSecret(organizationId)), id, Math.floor(Date.now() / 1000), body)
      : {};
  try {
    const response = await outbound().request({
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Batchyard',
        'accept-encoding': 'identity',
        ...headers,
      },
      body,
      signal,
      timeoutMs: ANSWER_SECONDS * 1000,
      // Only the beginning is read, so a long answer is as good as a short one.
      maxBytes: Number.MAX_SAFE_INTEGER,
      maxRedirects: 0,
    });
    const { status } = response;
    const answer = await beginningOf(response.body);
    if (status >= 200 && status < 300) {
      return { delivered: true, status, answer, error: null, final: true, gone: false, retryAfterSeconds: null };
    }
    const wait = retryAfterMs(response.headers);
    return failed(`The receiver answered ${status}.`, {
      status,
      answer,
      final: status === 410,
      gone: status === 410,
      retryAfterSeconds: wait === undefined ? null : Math.ceil(wait / 1000),
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof OutboundError)) throw error;
    return failed(error.message, { final: !error.transient });
  }
}

/** Reads the beginning of an answer. What is too long, breaks off or comes too late does not change what the status says. */
async function beginningOf(body: Readable): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size >= ANSWER_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
  } finally {
    body.destroy();
  }
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('\u0000', '');
  return text === '' ? null : clip(text, ANSWER_BYTES);
}

async function sendMails({ type, data, count, organizationId }: ClaimedDelivery, config: ChannelConfig) {
  if (!canSendMail()) return failed('No mail can be sent: the installation has no mail server (SMTP_URL).');
  const { rows } = await pool().query<{ email: string }>(
    sql`select u.email from member m join "user" u on u.id = m.user_id
     where m.organization_id = ${organizationId} and m.id = any(${config.memberIds ?? []}::text[])`,
  );
  const to = [...new Set([...(config.to ?? []), ...rows.map(({ email }) => email)])];
  if (to.length === 0) return failed('No recipient is left.', { final: true });
  const error = await deliverMail({ to, ...mailOf(type, data, count) });
  return error === null
    ? { delivered: true, status: null, answer: null, error: null, final: true, gone: false, retryAfterSeconds: null }
    : failed(error);
}
