import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { OutboundError } from './errors';
import { checkAddress, type OutboundPolicy } from './policy';

/** Resolves a host name to its addresses; by default with the system's resolver. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

export const systemResolve: Resolve = (host) =>
  new Promise((resolve, reject) =>
    lookup(host, { all: true, order: 'verbatim' }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  );

/**
 * Creates undici's connector. It resolves the name once, checks every address, and connects only to the checked
 * addresses. This prevents DNS rebinding.
 */
export function guardedConnector(
  policy: OutboundPolicy,
  resolve: Resolve,
  timeoutMs: number,
): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    const started = Date.now();
    addressesOf(policy, resolve, host, port, timeoutMs).then(
      (addresses) => {
        const left = Math.max(1, timeoutMs - (Date.now() - started));
        const connect = buildConnector({ timeout: left, autoSelectFamily: true, lookup: answering(addresses) });
        connect(options, callback);
      },
      (error: Error) => callback(error, null),
    );
  };
}

/**
 * Resolves a name and checks every address.
 * @throws OutboundError `outbound-refused`, `unreachable`, `connect-timeout`; the resolver's own error
 */
export async function addressesOf(
  policy: OutboundPolicy,
  resolve: Resolve,
  host: string,
  port: number,
  timeoutMs: number,
): Promise<LookupAddress[]> {
  const version = isIP(host);
  const addresses = version ? [{ address: host, family: version }] : await inTime(resolve(host), host, timeoutMs);
  if (addresses.length === 0) throw new OutboundError('unreachable', `${host} has no address.`);
  for (const { address } of addresses) checkAddress(policy, host, port, address);
  return addresses;
}

async function inTime<T>(work: Promise<T>, host: string, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new OutboundError('connect-timeout', `The name ${host} was not resolved in time.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns a lookup function with a fixed result. */
const answering =
  (addresses: LookupAddress[]): LookupFunction =>
  (_, options, callback) => {
    const wanted = addresses.filter(({ family }) => !options.family || options.family === family);
    const [first] = wanted;
    if (!first) callback(Object.assign(new Error('no address of that family'), { code: 'ENOTFOUND' }), '', 0);
    else if (options.all) callback(null, wanted);
    else callback(null, first.address, first.family);
  };
