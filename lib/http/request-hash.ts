import { createHash, type Hash } from 'node:crypto';

const hashes = new WeakMap<Request, Hash>();

/** What tells a request with an Idempotency-Key from another one: method, address, kind of body, and its bytes. */
export function hashOf(request: Request): Hash | undefined {
  if (!request.headers.has('idempotency-key')) return undefined;
  let hash = hashes.get(request);
  if (!hash) {
    const { pathname, search } = new URL(request.url);
    const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    hash = createHash('sha256').update(`${request.method} ${pathname}${search}\n${type}\n`);
    hashes.set(request, hash);
  }
  return hash;
}
