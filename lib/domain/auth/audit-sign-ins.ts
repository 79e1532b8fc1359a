import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { deleteSessionCookie } from 'better-auth/cookies';
import { logger } from '@/lib/config/logger';
import { pool } from '@/lib/db/pool';
import { type AuditedPerson, auditPerson, findPerson } from '@/lib/domain/audit/audit-person';
import type { Context } from '@/lib/domain/context';
import { clientAddress } from './client-address';
import { pendingUser } from './guard';

type Ctx = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** The endpoints that make a session, and how. */
const METHODS: Readonly<Record<string, string>> = {
  '/sign-in/email': 'password',
  '/two-factor/verify-totp': 'code',
  '/two-factor/verify-backup-code': 'recovery code',
  '/passkey/verify-authentication': 'passkey',
  '/callback/:id': 'single sign-on',
};

/** The endpoints with which a person changes the own account. */
const CHANGES = {
  '/update-user': 'user.update',
  '/two-factor/verify-totp': 'user.enable-two-factor',
  '/two-factor/disable': 'user.disable-two-factor',
  '/two-factor/generate-backup-codes': 'user.renew-recovery-codes',
  '/passkey/verify-registration': 'user.add-passkey',
  '/passkey/update-passkey': 'user.rename-passkey',
  '/passkey/delete-passkey': 'user.remove-passkey',
} as const;

const isChange = (path: string): path is keyof typeof CHANGES => Object.hasOwn(CHANGES, path);

/** What is known before the library handles a call. */
interface Before {
  /** who is signed in */
  session?: { id: string; userId: string; name: string } | undefined;
  /** who is between the password and the code */
  pending?: string | undefined;
}

/**
 * Writes audit entries of sign-ins, failed sign-ins, sign-outs and changes of an account. The library has transactions of
 * its own: a sign-in whose entry can't be written is taken back. It comes last of all plugins, because until then a
 * sign-in may still need a second factor.
 */
export function auditSignIns(): BetterAuthPlugin {
  const known = new WeakMap<object, Before>();
  return {
    id: 'audit-sign-ins',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path !== undefined && (path === '/sign-out' || isChange(path) || path in METHODS),
          handler: createAuthMiddleware(async (ctx) => {
            const before = await readBefore(ctx);
            known.set(ctx.context, before);
            // Afterwards the session is gone. A sign-out can't fail.
            if (ctx.path === '/sign-out' && before.session) await audit(ctx, before.session, 'session.sign-out');
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path !== undefined && (isChange(path) || path in METHODS),
          handler: createAuthMiddleware(async (ctx) => {
            const before = known.get(ctx.context) ?? {};
            if (hasFailed(ctx)) await auditFailure(ctx, before);
            else if (before.session && isChange(ctx.path)) await auditChange(ctx, before.session);
            else await auditSuccess(ctx);
          }),
        },
      ],
    },
  };
}

async function readBefore(ctx: Ctx): Promise<Before> {
  const found = isChange(ctx.path) || ctx.path === '/sign-out' ? await getSessionFromCtx(ctx) : null;
  if (found) {
    const { session, user } = found;
    return { session: { id: session.id, userId: user.id, name: user.name } };
  }
  return ctx.path.startsWith('/two-factor/') ? { pending: await pendingUser(ctx) } : {};
}

async function auditSuccess(ctx: Ctx): Promise<void> {
  const { newSession } = ctx.context;
  const method = METHODS[ctx.path];
  if (!newSession || !method) return;
  const { session, user } = newSession;
  const after = { method };
  try {
    await audit(ctx, { id: session.id, userId: user.id, name: user.name }, 'session.sign-in', { after });
  } catch (error) {
    await ctx.context.internalAdapter.deleteSession(session.token);
    deleteSessionCookie(ctx);
    throw error;
  }
}

/** What was wrong with the call itself, and attempts beyond the limit, are no failed sign-ins. */
const REFUSALS = new Set<unknown>(['UNAUTHORIZED', 'FORBIDDEN']);

/** A single sign-on that failed is answered with a redirect to the sign-in page. */
function hasFailed({ path, context: { returned, newSession } }: Ctx): boolean {
  if (!(returned instanceof APIError)) return false;
  return returned.status === 'FOUND' ? path === '/callback/:id' && !newSession : true;
}

async function auditFailure(ctx: Ctx, { session, pending }: Before): Promise<void> {
  const method = METHODS[ctx.path];
  const { returned } = ctx.context;
  const refused = returned instanceof APIError && (REFUSALS.has(returned.status) || returned.status === 'FOUND');
  if (!method || session || !refused) return;
  const email: unknown = ctx.body?.email;
  const person: AuditedPerson =
    typeof email === 'string' ? await findPerson(pool(), email) : await findById(ctx, pending);
  await write(ctx, person, 'session.sign-in-failed', { after: { method } });
}

async function findById(ctx: Ctx, id: string | undefined): Promise<AuditedPerson> {
  const user = id === undefined ? null : await ctx.context.internalAdapter.findUserById(id);
  return user ? { id: user.id, name: user.name } : { id: null, name: 'unknown' };
}

async function auditChange(ctx: Ctx, session: NonNullable<Before['session']>): Promise<void> {
  if (!isChange(ctx.path)) return;
  const name: unknown = ctx.body?.name;
  const isRename = ctx.path === '/update-user';
  await audit(ctx, session, CHANGES[ctx.path], isRename ? { before: { name: session.name }, after: { name } } : {});
}

type Change = { before?: unknown; after?: unknown };

const audit = (
  ctx: Ctx,
  { id, userId, name }: NonNullable<Before['session']>,
  action: Parameters<typeof auditPerson>[2],
  change: Change = {},
): Promise<void> => write(ctx, { id: userId, name, sessionId: id }, action, change);

async function write(
  ctx: Ctx,
  person: AuditedPerson,
  action: Parameters<typeof auditPerson>[2],
  change: Change,
): Promise<void> {
  try {
    await auditPerson(pool(), person, action, { ...change, ...originOf(ctx) });
  } catch (error) {
    logger.error({ err: error, action }, 'An audit entry could not be written. The request is refused.');
    throw new APIError('SERVICE_UNAVAILABLE', { message: 'The audit log is out of reach. Try again in a moment.' });
  }
}

function originOf({ headers }: Ctx): Pick<Context, 'origin'> {
  if (!headers) return {};
  return { origin: { address: clientAddress(headers), requestId: headers.get('x-request-id') ?? '' } };
}
