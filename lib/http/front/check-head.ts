import type { IncomingMessage } from 'node:http';
import { env } from '@/lib/config/env';
import type { Refusal } from './answer';

/** Methods of the API. Pages are read-only. */
const API_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const PAGE_METHODS = ['GET', 'HEAD'];
/** Maximum bytes of a body that is sent to a page. No page accepts a body, so it is discarded. */
export const PAGE_BODY_BYTES = 64 * 1024;

/** Returns whether an address belongs to the API (app/api and the rewrites in next.config.js), not to a page. */
export const isApi = (path: string): boolean => /^\/(?:api|metrics|admin\/queues)(?:\/|$)/.test(path);

/** In the web framework, a parameter that is repeated n times costs O(n²). */
const MAX_PARAMETERS = 1000;

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

/**
 * Validates the head of a request before it is processed. Returns undefined if it is valid. Replaces an absolute
 * address, which only proxies need, by its path.
 * @param dev whether it is the development server, whose own addresses accept bodies
 */
export function checkHead(request: IncomingMessage, dev = false): Refusal | undefined {
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

/** Returns the rejection of a body that is sent to a page. */
export const pageBody = (): Refusal => ({
  code: 'payload-too-large',
  detail: `A page takes no body, and at most ${PAGE_BODY_BYTES / 1024} KiB are discarded.`,
});

const invalid = (detail: string): Refusal => ({ code: 'invalid-request', detail });

/** `GET http://host/path` is the form for proxies. For our own host, it is replaced by the path. */
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
    // An invalid or incomplete percent-encoded character.
    return false;
  }
}
