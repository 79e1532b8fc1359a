import { authenticateKey } from '@/lib/domain/auth/authenticate-key';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { isTrustedOrigin } from '@/lib/domain/auth/origins';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { bearerOf } from './headers';

export interface Authenticated {
  context: Context;
  setCookies: string[];
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_KEY_LENGTH = 200;

/**
 * Authenticates the client by Bearer key, else by session cookie.
 * @throws DomainError `unauthenticated`; `bad-origin` for a write with a cookie from a page of another origin
 */
export async function authenticate(request: Request): Promise<Authenticated> {
  if (request.headers.has('authorization')) {
    const key = bearerOf(request.headers);
    const context = key && key.length <= MAX_KEY_LENGTH ? await authenticateKey(key) : null;
    if (!context) throw new DomainError('unauthenticated', 'This API key is not valid, or was revoked or has expired.');
    return { context, setCookies: [] };
  }
  const session = await authenticateSession(request.headers, { prolong: true });
  if (!session) throw new DomainError('unauthenticated', 'Sign in, or send Authorization: Bearer <api key>.');
  if (!SAFE.has(request.method)) requireOwnOrigin(request);
  return session;
}

/** Prevents CSRF. Browsers send Origin or Sec-Fetch-Site with every write; other clients are not at risk. */
function requireOwnOrigin(request: Request): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const trusted =
    origin === null
      ? site === null || site === 'same-origin' || site === 'none'
      : isTrustedOrigin(origin, request.headers.get('host'));
  if (!trusted) {
    throw new DomainError(
      'bad-origin',
      'This request comes from a page of another site. Set PUBLIC_URL if the dashboard is reached under that address.',
    );
  }
}
