import { prismaAdapter } from 'better-auth/adapters/prisma';
import { betterAuth } from 'better-auth/minimal';
import { EnvironmentError, env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { newId, prisma } from '@/lib/db';
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
      // Guessing is slow enough at one a second; a person who mistypes is not shut out.
      customRules: { '/sign-in/email': { window: 60, max: 60 } },
    },
    advanced: {
      cookiePrefix: 'batchyard',
      useSecureCookies: publicUrl().startsWith('https://'),
      disableOriginCheck: false,
      disableCSRFCheck: false,
      database: { generateId: () => newId() },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      // What it calls an error is a request it refuses.
      log: (level, message, ...details) => logger[level === 'error' ? 'warn' : level]({ details }, message),
    },
  });
}

type Auth = ReturnType<typeof open>;
const held = globalThis as unknown as { batchyardAuth?: Auth };

/** Sign-in by e-mail and password, over the shared Prisma client; opened when first used. */
export function auth(): Auth {
  held.batchyardAuth ??= open();
  return held.batchyardAuth;
}
