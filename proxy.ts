import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/config/env';
import { contentSecurityPolicy } from '@/lib/http/csp';

/** Gives each page its own nonce; Next reads it from the policy and puts it on its scripts. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = contentSecurityPolicy(nonce, env().NODE_ENV === 'development');
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  // A layout can't see the address; it sends people back here after signing in.
  headers.set('x-pathname', request.nextUrl.pathname + request.nextUrl.search);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

export const config = {
  // Bodies of matched requests are buffered, so the API, which takes uploads, must not match. The board over the
  // queues brings a policy of its own (lib/http/board.ts).
  matcher: ['/((?!api/|api$|metrics$|admin/queues$|admin/queues/|_next/static|_next/image).*)'],
};
