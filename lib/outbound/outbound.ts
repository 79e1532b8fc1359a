import { env } from '@/lib/config/env';
import { OutboundClient } from './client';

let client: OutboundClient | undefined;

/** Returns this process's outbound client, with the operator's policy. Use it for every user-supplied address. */
export function outbound(): OutboundClient {
  client ??= new OutboundClient({ rules: env().OUTBOUND_ALLOW, ports: env().OUTBOUND_PORTS });
  return client;
}
