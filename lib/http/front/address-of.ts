import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';

type Check = (address: string) => boolean;

/** Returns whether an address belongs to one of the proxies of TRUSTED_PROXIES. */
export function trustedProxies(): Check {
  const list = new BlockList();
  for (const { address, prefix, family } of env().TRUSTED_PROXIES) list.addSubnet(address, prefix, family);
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

let told = false;

/**
 * Returns the address of the client. It is the peer of the connection, unless that is a trusted proxy: then it is the
 * last address of X-Forwarded-For that no trusted proxy has. What stands before it was written by the client.
 */
export function addressOf(request: IncomingMessage, isTrusted: Check): string {
  const peer = plain(request.socket.remoteAddress ?? '') ?? '';
  const given = request.headers['x-forwarded-for'];
  if (given === undefined) return peer;
  if (!isTrusted(peer)) {
    if (!told) logger.info({ peer }, 'X-Forwarded-For is ignored, because TRUSTED_PROXIES does not name its sender.');
    told = true;
    return peer;
  }
  let client = peer;
  for (const hop of [given].flat().join(',').split(',').reverse()) {
    const address = plain(hop.trim());
    if (address === undefined) return client;
    client = address;
    if (!isTrusted(address)) return client;
  }
  return client;
}

/** Removes a port, brackets, and the IPv6 form of an IPv4 address. */
function plain(text: string): string | undefined {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address.toLowerCase();
}
