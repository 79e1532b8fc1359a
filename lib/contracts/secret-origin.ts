/** The hosts that a secret may be sent to, parsed from the text that a user entered. */
export type SecretOrigin = { any: true } | { any: false; protocol: 'http:' | 'https:'; host: string; port: number };

const ORIGIN =
  /^(?:(https?):\/\/)?(\*\.[a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/;

/**
 * Parses `https://api.example.org`, `http://127.0.0.1:9911`, `https://*.example.org:8443`, or `*` for any. A bare host
 * means https on its default port.
 * @returns the origin, or a description of the error
 */
export function readOrigin(text: string): SecretOrigin | { wrong: string } {
  const word = text.trim().toLowerCase();
  if (word === '*') return { any: true };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(word)?.[1];
  if (scheme && scheme !== 'http' && scheme !== 'https')
    return { wrong: `has the scheme ${scheme}: only http and https are called` };
  const rest = word.slice(scheme ? scheme.length + 3 : 0);
  if (rest.includes('@')) return { wrong: 'holds a name or password: leave it out' };
  if (/[/?#\\]./.test(rest))
    return { wrong: 'has a path: name scheme, host and port only, such as https://api.example.org' };
  const match = ORIGIN.exec(withAsciiHost(word, rest));
  if (!match) return { wrong: 'is no origin, such as https://api.example.org or http://127.0.0.1:9911' };
  const [, protocol, host = '', port] = match;
  if (port && !protocol) return { wrong: `names a port without its scheme: write https://${rest} or http://${rest}` };
  const secure = protocol !== 'http';
  const number = port === undefined ? (secure ? 443 : 80) : Number(port);
  if (number < 1 || number > 65_535) return { wrong: `has the port ${port}, which does not exist` };
  return { any: false, protocol: secure ? 'https:' : 'http:', host: canonical(host), port: number };
}

/** Converts an internationalized name to ASCII, and puts a bare IPv6 address in brackets. */
function withAsciiHost(word: string, rest: string): string {
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/.test(word)) return `[${word}]`;
  if (!/[^\x21-\x7e]/.test(rest) || !URL.canParse(`https://${rest}`)) return word;
  return word.slice(0, word.length - rest.length) + new URL(`https://${rest}`).host;
}

const canonical = (host: string): string =>
  host.startsWith('[') && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;

/** Returns whether an address belongs to an origin. */
export function isWithin(origin: SecretOrigin, url: URL): boolean {
  if (origin.any) return true;
  const host = url.hostname.replace(/\.$/, '');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (url.protocol !== origin.protocol || port !== origin.port) return false;
  return origin.host.startsWith('*.') ? host.endsWith(origin.host.slice(1)) : host === origin.host;
}

/** Returns the full form of an origin: `api.example.org` becomes `https://api.example.org`. */
export function showOrigin(text: string): string {
  const origin = readOrigin(text);
  if ('wrong' in origin) return text;
  if (origin.any) return '*';
  const { protocol, host, port } = origin;
  return `${protocol}//${host}${port === (protocol === 'https:' ? 443 : 80) ? '' : `:${port}`}`;
}
