import { existsSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

const SUFFIX = '.br';
const TYPES: Readonly<Record<string, string>> = {
  js: 'application/javascript; charset=UTF-8',
  css: 'text/css; charset=UTF-8',
};
/** `br` with no weight, or with one above zero. */
const ACCEPTED = /^\s*br\s*(;\s*q=(1(\.0*)?|0?\.\d*[1-9]\d*)\s*)?$/i;

/**
 * Returns the paths, as a browser asks for them, of the built scripts and styles beside which the build put a
 * Brotli file.
 * @param folder the folder that is served as `/_next/static`
 */
export function compressedPaths(folder: string): ReadonlySet<string> {
  if (!existsSync(folder)) return new Set();
  return new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => `/_next/static/${file.replaceAll('\\', '/').slice(0, -SUFFIX.length)}`),
  );
}

/**
 * Leads a request for a built script or style to its Brotli file, which the web framework then sends, if the browser
 * takes Brotli: over TLS or from this machine. It is a sixth smaller than what is compressed while it is sent.
 */
export function preferCompressed(request: IncomingMessage, response: ServerResponse, paths: ReadonlySet<string>): void {
  const [path = '', query] = (request.url ?? '').split('?');
  const type = paths.has(path) ? TYPES[path.slice(path.lastIndexOf('.') + 1)] : undefined;
  if (!type) return;
  response.setHeader('vary', 'Accept-Encoding');
  if (!(request.headers['accept-encoding'] ?? '').split(',').some((coding) => ACCEPTED.test(coding))) return;
  response.setHeader('content-type', type);
  response.setHeader('content-encoding', 'br');
  request.url = `${path}${SUFFIX}${query === undefined ? '' : `?${query}`}`;
}
