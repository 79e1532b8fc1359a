import { env } from '@/lib/config/env';
import { OutboundClient } from './client';

let client: OutboundClient | undefined;

/** The client of this process, with what the operator allows. Every address that a person gives goes through it. */
export function outbound(): OutboundClient {
  client ??= new OutboundClient({ rules: env().OUTBOUND_ALLOW, ports: env().OUTBOUND_PORTS });
  return client;
}
