import { isIP } from 'node:net';

/** One place that outgoing requests may reach although its address is not public. */
export interface OutboundRule {
  /** a host name, lower case; `*.example.org` is kept as `.example.org` */
  host?: string;
  /** addresses, as a network: 10.1.0.0/16 or ::1/128 */
  network?: { address: string; prefix: number; family: 'ipv4' | 'ipv6' };
  /** any port when absent */
  port?: number;
}

const NAME = /^(\*\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;

/**
 * Reads OUTBOUND_ALLOW: host names, `*.domain`, addresses and CIDRs, each with an optional `:port` (IPv6 in brackets
 * then), separated by commas or blanks.
 * @returns the rules, or what is wrong
 */
export function parseOutboundRules(text: string): OutboundRule[] | { wrong: string } {
  const rules: OutboundRule[] = [];
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    const rule = parseRule(word.toLowerCase());
    if (!rule) return { wrong: word };
    rules.push(rule);
  }
  return rules;
}

function parseRule(word: string): OutboundRule | undefined {
  const split = splitPort(word);
  if (!split) return undefined;
  const { place, port } = split;
  const network = parseNetwork(place);
  const rule = network ? { network } : hostOf(place);
  return rule && { ...rule, ...(port === undefined ? {} : { port }) };
}

function splitPort(word: string): { place: string; port?: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(word);
  if (!match) return { place: word.replace(/^\[(.*)\]$/, '$1') };
  const port = Number(match[3]);
  return port >= 1 && port <= 65_535 ? { place: match[1] ?? match[2] ?? '', port } : undefined;
}

/** Parses an address or a CIDR, such as 10.1.0.0/16 or ::1; undefined if it is neither. */
export function parseNetwork(place: string): OutboundRule['network'] {
  const [address = '', bits, ...rest] = place.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const most = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (prefix < 0 || prefix > most) return undefined;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

const hostOf = (place: string): OutboundRule | undefined =>
  NAME.test(place) && !/^[\d.]+$/.test(place) ? { host: place.replace(/^\*/, '') } : undefined;
