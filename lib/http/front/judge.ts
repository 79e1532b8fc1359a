import type { IncomingMessage } from 'node:http';
import { env } from '@/lib/config/env';
import type { Refusal } from './answer';

/** What the API answers; a page is only read. */
const API_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const PAGE_METHODS = ['GET', 'HEAD'];
/** Bytes of a body that comes with a page's address: no page takes one, so it is only passed over. */
export const PAGE_BODY_BYTES = 64 * 1024;

/** Addresses that are answered by code of ours (app/api and what next.config.js sends there), not by a page. */
export const isApi = (path: string): boolean => /^\/(?:api|metrics|admin\/queues)(?:\/|$)/.test(path);

/** The web framework's work grows with the square of how often a name is repeated. */
const MAX_PARAMETERS = 1000;

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

/**
 * What is wrong with the head of a request, told before anything is done with it; undefined where nothing is. Makes an
 * absolute address, which only proxies need, into a plain one.
 * @param dev the development server has addresses of its own, which take bodies
 */
export function refusalOf(request: IncomingMessage, dev = false): Refusal | undefined {
  const hosts = request.headersDistinct.host ?? [];
  if (hosts.length > 1) return invalid('The request has two Host headers. Send one.');
  if (hosts.length === 0 && request.httpVersion !== '1.0') return invalid('The request has no Host header.');
  const wrong = makePlain(request, hosts[0]);
  if (wrong) return wrong;
  const path = pathOf(request.url ?? '');
  if (!isDecodable(path)) return invalid('The address is not percent-encoded UTF-8: a % needs two hexadecimal digits.');
  if ((request.url ?? '').split('&', MAX_PARAMETERS + 1).length > MAX_PARAMETERS) {
    return invalid(`The address has more than ${MAX_PARAMETERS} query parameters.`);
  }
  if (dev && path.startsWith('/_')) return undefined;
  const methods = isApi(path) ? API_METHODS : PAGE_METHODS;
  if (methods.includes(request.method ?? '')) return undefined;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > PAGE_BODY_BYTES && !isApi(path)) return pageBody();
  const allow = methods.join(', ');
  return { code: 'method-not-allowed', detail: `${request.method} is not offered here; use ${allow}.`, allow };
}

/** What a body is answered with that comes to the address of a page. */
export const pageBody = (): Refusal => ({
  code: 'payload-too-large',
  detail: `A page takes no body, and at most ${PAGE_BODY_BYTES / 1024} KiB are passed over.`,
});

const invalid = (detail: string): Refusal => ({ code: 'invalid-request', detail });

/** `GET http://host/path` is for proxies; to a host that is ours it means the path. */
function makePlain(request: IncomingMessage, host: string | undefined): Refusal | undefined {
  const url = request.url ?? '';
  if (url.startsWith('/')) return undefined;
  const [, authority = '', path = '/'] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  if (!authority) return invalid('The request names no path.');
  const named = authority.toLowerCase();
  if (named !== host?.toLowerCase() || !ownHosts().includes(named)) {
    return invalid('The request asks for another host. Batchyard is no proxy.');
  }
  request.url = path.startsWith('/') ? path : `/${path}`;
  return undefined;
}

function ownHosts(): string[] {
  const { PUBLIC_URL, HOST, PORT } = env();
  const names = ['localhost', '127.0.0.1', '[::1]', HOST.includes(':') ? `[${HOST}]` : HOST];
  const own = names.map((name) => `${name.toLowerCase()}:${PORT}`);
  return PUBLIC_URL ? [...own, new URL(PUBLIC_URL).host] : own;
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    // Half a character, or no character at all.
    return false;
  }
}
