import { createHmac } from 'node:crypto';
import { SECRET_PREFIX } from '@/lib/contracts/channel';

/** Returns the headers of Standard Webhooks for a body. @param at seconds since 1970, of this try */
export function signedHeaders(secret: string, id: string, at: number, body: string): Record<string, string> {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
}
