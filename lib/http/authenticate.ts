import { authenticateKey } from '@/lib/domain/auth/authenticate-key';
import { authenticateSession, type Session } from '@/lib/domain/auth/authenticate-session';
import { clientAddress } from '@/lib/domain/auth/client-address';
import { isTrustedOrigin } from '@/lib/domain/auth/origins';
import { limitAttempts } from '@/lib/domain/auth/rate-limit';
import { secondFactorRequired } from '@/lib/domain/auth/second-factor';
import { wrongKeyLimit } from '@/lib/domain/auth/sign-in-limits';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requestIdFrom } from './front/answer';
import { bearerOf } from './headers';

export interface Authenticated {
  context: Context;
  setCookies: string[];
}

/** Where a request came from, for limits and for the audit log. */
export const originOf = (request: Request, requestId: string): NonNullable<Context['origin']> => ({
  address: clientAddress(request.headers),
  requestId,
});

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_KEY_LENGTH = 200;

/**
 * Authenticates the client by Bearer key, else by session cookie.
 * @throws DomainError `unauthenticated`; `too-many-requests` after many invalid keys; `bad-origin` for a write with a cookie from a page of another origin;
 *   `second-factor-required` unless `withoutSecondFactor`
 */
export async function authenticate(
  request: Request,
  requestId = requestIdFrom(request.headers.get('x-request-id')),
  { withoutSecondFactor = false } = {},
): Promise<Authenticated> {
  const origin = originOf(request, requestId);
  if (request.headers.has('authorization')) {
    const key = bearerOf(request.headers);
    if (!key || key.length > MAX_KEY_LENGTH) throw invalidKey();
    const context = await authenticateKey(key);
    if (!context) return refuseKey(origin.address);
    return { context: { ...context, origin }, setCookies: [] };
  }
  const session = await authenticatePerson(request);
  if (!session) throw new DomainError('unauthenticated', 'Sign in, or send Authorization: Bearer <api key>.');
  if (session.lacksSecondFactor && !withoutSecondFactor) throw secondFactorRequired();
  return { ...session, context: { ...session.context, origin } };
}

/**
 * Authenticates the person of the session cookie; null without a valid session.
 * @throws DomainError `bad-origin` for a write from a page of another origin
 */
export async function authenticatePerson(request: Request): Promise<Session | null> {
  const session = await authenticateSession(request.headers, { prolong: true });
  if (session && !SAFE.has(request.method)) requireOwnOrigin(request);
  return session;
}

/** Names the organization that a page shows. Each request of the page carries it. */
const ORGANIZATION = 'x-organization-id';

/**
 * Refuses a request of a page that shows another organization than the one that its session works in now: another tab
 * has switched, and a launch here would go there.
 * @throws DomainError `organization-switched`
 */
export function requireShownOrganization(request: Request, { credential, organizationId }: Context): void {
  const shown = request.headers.get(ORGANIZATION);
  if (credential?.kind !== 'session' || shown === null || shown === organizationId) return;
  throw new DomainError('organization-switched', 'Your session works in another organization now. Reload the page.', {
    extra: { organizationId },
  });
}

/** Right keys are never refused for wrong ones, so nobody can keep a program out that shares their address. */
async function refuseKey(address: string | null): Promise<never> {
  await limitAttempts(
    'Too many invalid API keys came from this address. Try again in a minute.',
    wrongKeyLimit(address),
  );
  throw invalidKey();
}

const invalidKey = () =>
  new DomainError('unauthenticated', 'This API key is not valid, or was revoked or has expired.');

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
