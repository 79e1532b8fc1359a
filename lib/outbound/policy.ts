import { BlockList, isIP } from 'node:net';
import type { OutboundRule } from '@/lib/config/outbound';
import { closedAddress } from './address';
import { OutboundError } from './errors';

/** The policy for outgoing requests: public addresses, and those that the operator allowed. */
export interface OutboundPolicy {
  rules: readonly OutboundRule[];
  /** allowed ports of public hosts; all if empty */
  ports?: readonly number[] | undefined;
}

/** Returns the host of a URL in the form that rules and resolvers use: lower case, no brackets, no trailing dot. */
export const hostOf = (url: URL): string =>
  url.hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();

export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

/** Checks a URL before its name is resolved. @throws OutboundError `invalid-url` or `outbound-refused` */
export function checkUrl(policy: OutboundPolicy, text: string | URL, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch (cause) {
    throw new OutboundError('invalid-url', 'The address of the request is not a valid URL.', { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutboundError('outbound-refused', `Only http and https are called, not ${url.protocol.slice(0, 20)}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('outbound-refused', 'A URL may not carry a name or password; use a header.');
  }
  if (hostOf(url) === '') throw new OutboundError('invalid-url', 'The URL names no host.');
  checkPort(policy, url);
  if (isIP(hostOf(url))) checkAddress(policy, hostOf(url), portOf(url), hostOf(url));
  return url;
}

function checkPort({ ports, rules }: OutboundPolicy, url: URL): void {
  if (!ports?.length || ports.includes(portOf(url))) return;
  if (rules.some((rule) => matches(rule, hostOf(url), portOf(url)))) return;
  throw new OutboundError(
    'outbound-refused',
    `Port ${portOf(url)} of ${hostOf(url)} may not be called; allowed are ${ports.join(', ')} (OUTBOUND_PORTS).`,
  );
}

/**
 * Checks a resolved address.
 * @param address the resolved address, or the host itself if it is an address
 * @throws OutboundError `outbound-refused` if it is neither public nor allowed; the message does not contain the
 *   address
 */
export function checkAddress(policy: OutboundPolicy, host: string, port: number, address: string): void {
  const closed = closedAddress(address);
  if (closed === undefined || policy.rules.some((rule) => matches(rule, host, port, address))) return;
  throw new OutboundError(
    'outbound-refused',
    `${host} may not be called: it is ${closed}, not a public one. An operator can allow it (OUTBOUND_ALLOW).`,
  );
}

function matches(rule: OutboundRule, host: string, port: number, address = host): boolean {
  if (rule.port !== undefined && rule.port !== port) return false;
  if (rule.host !== undefined) return rule.host.startsWith('.') ? host.endsWith(rule.host) : host === rule.host;
  const version = isIP(address);
  if (!rule.network || version === 0 || address.includes('%')) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (rule.network.family !== family) return false;
  const list = new BlockList();
  list.addSubnet(rule.network.address, rule.network.prefix, family);
  return list.check(address, family);
}
