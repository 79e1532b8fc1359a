import { randomBytes } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { notifyUser } from '@/lib/domain/mail/notify-user';
import { clientAddress } from './client-address';
import { type Counted, countAttempt, uncountAttempt } from './rate-limit';
import {
  codeLimit,
  inSessionLimit,
  type KnownDevice,
  openCallLimit,
  signInLimits,
  singleUseLimit,
} from './sign-in-limits';

type Ctx = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

const DEVICE_SECONDS = 365 * 24 * 3600;
/** The library's cookie between the password and the code. */
const PENDING_COOKIE = 'two_factor';

const PASSWORD_IN_SESSION = ['/two-factor/enable', '/two-factor/disable', '/two-factor/generate-backup-codes'];
const CODES = ['/two-factor/verify-totp', '/two-factor/verify-backup-code'];
/** They look up a challenge or a provider, so not only failures are counted. */
const OPEN_CALLS = ['/sign-in/social', '/callback/:id', '/passkey/verify-authentication'];

/** Changes of how one signs in, of which the person is told by mail. */
const NOTICES: Readonly<Record<string, string>> = {
  '/two-factor/verify-totp': 'An authenticator app was added to your account',
  '/two-factor/disable': 'The authenticator app was removed from your account',
  '/two-factor/generate-backup-codes': 'Your recovery codes were replaced',
  '/passkey/verify-registration': 'A passkey was added to your account',
  '/passkey/delete-passkey': 'A passkey was removed from your account',
};

/** What is known of a call before the library handles it. */
interface Before {
  /** whose counts a success takes back */
  limits: Counted[];
  /** who is signed in, of calls that change how one signs in */
  userId: string | undefined;
}

/**
 * Limits attempts to sign in, and gives each browser that signed in a cookie by which its later attempts are recognized.
 * It comes after the plugins for second factors, so a sign-in that still needs one is not a session yet.
 */
export function signInGuard(): BetterAuthPlugin {
  const known = new WeakMap<object, Before>();
  return {
    id: 'sign-in-guard',
    hooks: {
      before: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (ctx) => {
            const limits = await limitsOf(ctx);
            const userId = ctx.path in NOTICES ? (await getSessionFromCtx(ctx))?.user.id : undefined;
            known.set(ctx.context, { limits, userId });
            refuseAfter(await countAttempt(...limits));
          }),
        },
      ],
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (ctx) => {
            const { limits = [], userId } = known.get(ctx.context) ?? {};
            const { returned, newSession } = ctx.context;
            if (returned instanceof APIError && returned.status !== 'FOUND') return;
            await uncountAttempt(...limits);
            if (newSession) await rememberDevice(ctx, newSession.user.id);
            const what = NOTICES[ctx.path];
            if (userId && what) notifyUser({ userId, what, address: ctx.headers && clientAddress(ctx.headers) });
          }),
        },
      ],
    },
  };
}

/** Returns the limits whose counts a success takes back. */
async function limitsOf(ctx: Ctx): Promise<Counted[]> {
  const { path, headers } = ctx;
  const address = headers ? clientAddress(headers) : null;
  if (path === '/sign-in/email') {
    return signInLimits({ email: textOf(ctx.body?.email), address, device: await deviceOf(ctx) });
  }
  if (CODES.includes(path)) return codeLimits(ctx);
  if (PASSWORD_IN_SESSION.includes(path)) {
    const session = await getSessionFromCtx(ctx);
    return session ? [inSessionLimit(session.session.id)] : [];
  }
  if (OPEN_CALLS.includes(path)) refuseAfter(await countAttempt(openCallLimit(address)));
  return [];
}

async function codeLimits(ctx: Ctx): Promise<Counted[]> {
  const userId = (await getSessionFromCtx(ctx))?.user.id ?? (await pendingUser(ctx));
  if (userId === undefined) return [];
  const limit = codeLimit(userId, await deviceOf(ctx));
  if (ctx.path === '/two-factor/verify-totp') {
    // A code that was seen by somebody else must not work a second time, although it is valid for 90 s.
    if ((await countAttempt(singleUseLimit(userId, textOf(ctx.body?.code)))) > 0) {
      throw new APIError('UNAUTHORIZED', {
        code: 'CODE_USED',
        message: 'This code was already used. Wait for the next one.',
      });
    }
  }
  return [limit];
}

/** Returns who is between the password and the code. */
export async function pendingUser(ctx: Ctx): Promise<string | undefined> {
  const identifier = await signedCookie(ctx, PENDING_COOKIE);
  return identifier ? (await ctx.context.internalAdapter.findVerificationValue(identifier))?.value : undefined;
}

const signedCookie = async (ctx: Ctx, name: string): Promise<string | undefined> =>
  (await ctx.getSignedCookie(ctx.context.createAuthCookie(name).name, ctx.context.secret)) || undefined;

async function deviceOf(ctx: Ctx): Promise<KnownDevice | undefined> {
  const [id, userId] = (await signedCookie(ctx, 'device'))?.split(':') ?? [];
  return id && userId ? { id, userId } : undefined;
}

async function rememberDevice(ctx: Ctx, userId: string): Promise<void> {
  if ((await deviceOf(ctx))?.userId === userId) return;
  const { name, attributes } = ctx.context.createAuthCookie('device', { maxAge: DEVICE_SECONDS });
  const value = `${randomBytes(16).toString('base64url')}:${userId}`;
  await ctx.setSignedCookie(name, value, ctx.context.secret, attributes);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function refuseAfter(seconds: number): void {
  if (seconds === 0) return;
  const message = 'Too many failed attempts. Try again in a few minutes.';
  throw new APIError('TOO_MANY_REQUESTS', { message }, { 'x-retry-after': String(seconds) });
}
