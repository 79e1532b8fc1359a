import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { EnvironmentError, env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { newId } from '@/lib/db/ids';
import { prisma } from '@/lib/db/prisma';
import { Guesses } from './guesses';
import { isTrustedOrigin, publicUrl } from './origins';

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
    database: prismaAdapter(prisma(), { provider: 'postgresql' }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    session: { expiresIn: 7 * DAY, updateAge: DAY },
    trustedOrigins: (request) => {
      const origin = request?.headers.get('origin');
      return request && origin && isTrustedOrigin(origin, request.headers.get('host')) ? [origin] : [];
    },
    rateLimit: {
      enabled: true,
      window: 10,
      max: 100,
      // One attempt per second slows brute force down enough, and does not lock out a user who mistypes.
      customRules: { '/sign-in/email': { window: 60, max: 60 } },
    },
    hooks: slowDownGuessing(),
    advanced: {
      cookiePrefix: 'batchyard',
      useSecureCookies: publicUrl().startsWith('https://'),
      disableOriginCheck: false,
      disableCSRFCheck: false,
      database: { generateId: () => newId() },
    },
    telemetry: { enabled: false },
    // A rejected request is a normal response and needs no log line.
    onAPIError: {
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

/** The library's router reports a rejected body as an error of its own class. */
function isRefusal(error: unknown): boolean {
  const status = (error as { statusCode?: unknown }).statusCode;
  return error instanceof APIError || (typeof status === 'number' && status < 500);
}

function slowDownGuessing() {
  const guesses = new Guesses();
  const emailOf = (ctx: { path?: string; body?: unknown }): string | undefined => {
    if (ctx.path !== '/sign-in/email') return undefined;
    const email = (ctx.body as { email?: unknown } | undefined)?.email;
    return typeof email === 'string' ? email : undefined;
  };
  return {
    before: createAuthMiddleware(async (ctx) => {
      const email = emailOf(ctx);
      const seconds = email === undefined ? 0 : guesses.attempt(email);
      if (seconds === 0) return;
      const message = 'Too many failed attempts for this address. Try again in a few minutes.';
      throw new APIError('TOO_MANY_REQUESTS', { message }, { 'x-retry-after': String(seconds) });
    }),
    after: createAuthMiddleware(async (ctx) => {
      const email = emailOf(ctx);
      if (email !== undefined && ctx.context.newSession) guesses.succeeded(email);
    }),
  };
}

type Auth = ReturnType<typeof open>;
const opened = perProcess('auth', open);

/** Sign-in by e-mail and password, over the shared Prisma client. Created at the first use. */
export function auth(): Auth {
  return opened.get();
}
