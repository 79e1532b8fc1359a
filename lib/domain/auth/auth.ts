import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { EnvironmentError, env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { newId } from '@/lib/db/ids';
import { prisma } from '@/lib/db/prisma';
import { DomainError } from '@/lib/domain/errors';
import { auditSignIns } from './audit-sign-ins';
import { CLIENT_ADDRESS } from './client-address';
import { signInGuard } from './guard';
import { withHashedSessions } from './hashed-sessions';
import { isTrustedOrigin, publicUrl } from './origins';
import { passkeys } from './passkeys';
import { hashPassword, verifyPassword } from './password-hash';
import { noteSecondFactors } from './second-factor';
import { admitAfterSignIn, singleSignOn, validateUserInfo } from './single-sign-on';

const DAY = 24 * 3600;

function open() {
  const secret = env().AUTH_SECRET;
  if (!secret) {
    throw new EnvironmentError(
      'AUTH_SECRET is not set. Use `npm start`, which makes one, or set it (at least 32 characters).',
    );
  }
  return betterAuth({
    appName: 'Batchyard',
    secret,
    baseURL: publicUrl(),
    basePath: '/api/auth',
    database: withHashedSessions(prismaAdapter(prisma(), { provider: 'postgresql' })),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 128,
      password: { hash: refusing(hashPassword), verify: refusing(verifyPassword) },
    },
    user: { validateUserInfo },
    // A provider is asked only who somebody is, so its tokens are not kept.
    account: { updateAccountOnSignIn: false },
    databaseHooks: { account: { create: { before: async (account) => ({ data: withoutTokens(account) }) } } },
    // A new sign-in is asked for where it matters, by our own rule of minutes.
    session: {
      expiresIn: 7 * DAY,
      updateAge: DAY,
      freshAge: 0,
      // A session that replaces another one, after a change of second factors, stays in its organization.
      additionalFields: { activeOrganizationId: { type: 'string', required: false, input: false } },
    },
    trustedOrigins: (request) => {
      const origin = request?.headers.get('origin');
      return request && origin && isTrustedOrigin(origin, request.headers.get('host')) ? [origin] : [];
    },
    // The guard counts attempts, over all web processes.
    rateLimit: { enabled: false },
    plugins: [
      twoFactor({ accountLockout: { enabled: false } }),
      passkeys(),
      singleSignOn(),
      admitAfterSignIn(),
      noteSecondFactors(),
      signInGuard(),
      auditSignIns(),
    ],
    advanced: {
      ...cookieNames(),
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS], ipv6Subnet: 128 },
      database: { generateId: () => newId() },
    },
    telemetry: { enabled: false },
    // A rejected request is a normal response and needs no log line.
    onAPIError: {
      errorURL: '/sign-in',
      onError: (error) =>
        void (isRefusal(error) || logger.error({ err: error }, 'The sign-in failed with an internal error.')),
    },
    logger: {
      level: 'warn',
      // The library logs rejected requests as errors.
      log: (level, message, ...details) => logger[level === 'error' ? 'warn' : level]({ details }, message),
    },
  });
}

/**
 * With an https PUBLIC_URL browsers accept the cookies only with `Secure`, from this host and for all of it, so that no
 * other host of the domain can plant a session. The library's own switch would add the weaker prefix `__Secure-`.
 */
function cookieNames() {
  const isHttps = publicUrl().startsWith('https://');
  return {
    cookiePrefix: isHttps ? '__Host-batchyard' : 'batchyard',
    useSecureCookies: false,
    defaultCookieAttributes: { secure: isHttps },
  };
}

/** The library's router reports a rejected body as an error of its own class. */
function isRefusal(error: unknown): boolean {
  const status = (error as { statusCode?: unknown }).statusCode;
  return error instanceof APIError || (typeof status === 'number' && status < 500);
}

const withoutTokens = <T extends object>(account: T) => ({
  ...account,
  accessToken: null,
  refreshToken: null,
  idToken: null,
});

/** Converts a refusal of ours, which the library would report as an internal error. */
const refusing =
  <A, T>(work: (given: A) => Promise<T>) =>
  (given: A): Promise<T> =>
    work(given).catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
      const headers = { 'x-retry-after': String(error.retryAfterSeconds ?? 1) };
      throw new APIError('SERVICE_UNAVAILABLE', { message: error.message }, headers);
    });

type Auth = ReturnType<typeof open>;
const opened = perProcess('auth', open);

/** Sign-in by e-mail and password, over the shared Prisma client. Created at the first use. */
export function auth(): Auth {
  return opened.get();
}
