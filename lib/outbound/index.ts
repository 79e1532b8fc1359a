import { env } from '@/lib/config/env';
import { OutboundClient } from './client';

export { OutboundClient, type OutboundRequest, type OutboundResponse } from './client';
export { OutboundError } from './errors';
export { hostOf } from './policy';
export { retryAfterMs } from './retry-after';

let client: OutboundClient | undefined;

/** The client of this process, with what the operator allows. Every address that a person gives goes through it. */
export function outbound(): OutboundClient {
  client ??= new OutboundClient({ rules: env().OUTBOUND_ALLOW, ports: env().OUTBOUND_PORTS });
  return client;
}
