import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { isServable } from '@/lib/domain/health/is-servable';
import { awayPage } from '@/lib/http/away-page';
import { contentSecurityPolicy } from '@/lib/http/csp';

/** A failed prefetch may have no error page; a navigation needs one. */
const isPrefetch = (headers: Headers): boolean =>
  headers.has('next-router-prefetch') || headers.get('purpose') === 'prefetch';

/**
 * Sets a nonce for each page. Next reads it from the policy and adds it to its scripts. While the database is
 * unavailable, it responds with a page that needs no database, whether the user is signed in or not.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  if (!isPrefetch(request.headers)) {
    const away = await isServable().catch((error: unknown) => {
      logger.debug({ err: error }, 'a page was asked for, and the database is away');
      return 'the database is away';
    });
    if (away) return awayPage(nonce, away);
  }
  const policy = contentSecurityPolicy(nonce, env().NODE_ENV === 'development');
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  // A layout cannot read the URL, which it needs for the redirect after sign-in.
  headers.set('x-pathname', request.nextUrl.pathname + request.nextUrl.search);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

export const config = {
  // Bodies of matched requests are buffered, so the API, which takes uploads, must not match. The board over the
  // queues has its own policy (lib/http/board.ts).
  matcher: ['/((?!api/|api$|metrics$|admin/queues$|admin/queues/|_next/static|_next/image).*)'],
};
