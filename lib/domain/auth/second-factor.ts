import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { env } from '@/lib/config/env';
import { waysWithFactor } from '@/lib/contracts/sign-in-methods';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';

type Ctx = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** SQL for whether a session may not work in an organization yet. `o` is the organization, `s` the session. */
export const LACKS_SECOND_FACTOR = sql`(o.second_factor_required and s.second_factor is null)`;

/** The error for everything but setting a second factor up, and leaving. */
export const secondFactorRequired = (): DomainError =>
  new DomainError(
    'second-factor-required',
    'This organization needs a second factor. Set up an authenticator app or a passkey under /second-factor, or sign in with the one that you have.',
  );

/** Returns whether this session was confirmed by a second factor. Keys and the product itself need none. */
export async function hasSecondFactor({ credential }: Context): Promise<boolean> {
  if (credential?.kind !== 'session') return true;
  const { rows } = await pool().query<{ second_factor: string | null }>(
    sql`select second_factor from session where id = ${credential.id}`,
  );
  return typeof rows[0]?.second_factor === 'string';
}

/**
 * Refuses to change second factors in a session that none confirmed, while the person has one and belongs to an organization
 * that needs it: else a stolen password would be enough to add a factor, or to remove the person's own.
 * @param doing a code is checked against an app that the person has
 * @throws DomainError `second-factor-required`
 */
export async function requireOwnFactor({ credential, actor }: Context, doing: 'change' | 'code'): Promise<void> {
  if (credential?.kind !== 'session') return;
  const { rows } = await pool().query<{ has_app: boolean; has_passkey: boolean }>(
    sql`select u.two_factor_enabled as has_app, exists (select from passkey p where p.user_id = u.id) as has_passkey
        from session s join "user" u on u.id = s.user_id
        where s.id = ${credential.id} and u.id = ${actor.id} and s.second_factor is null
          and exists (select from member m join organization o on o.id = m.organization_id
            where m.user_id = u.id and o.second_factor_required and o.deleting_at is null)`,
  );
  const { has_app: hasApp = false, has_passkey: hasPasskey = false } = rows[0] ?? {};
  if (!(hasApp || hasPasskey) || (doing === 'code' && hasApp)) return;
  throw new DomainError(
    'second-factor-required',
    `You signed in without your second factor. Sign out, and sign in with ${waysWithFactor(hasApp, hasPasskey)}; then you can change it.`,
  );
}

/** Returns the providers of single sign-on that ask everybody for a second factor. */
export const trustedProviders = (): string[] =>
  env()
    .OIDC_PROVIDERS.filter(({ secondFactor }) => secondFactor)
    .map(({ id }) => id);

/** The calls that confirm a session, and what confirms it. */
const CONFIRMING: Readonly<Record<string, 'app' | 'passkey' | 'provider'>> = {
  '/two-factor/verify-totp': 'app',
  '/two-factor/verify-backup-code': 'app',
  '/passkey/verify-authentication': 'passkey',
  '/passkey/verify-registration': 'passkey',
  '/callback/:id': 'provider',
};

/**
 * Stores with each session which second factor confirmed it. A person may have one and sign in without it, by a provider
 * that asks for none, so what counts is how the session came about.
 */
export const noteSecondFactors = (): BetterAuthPlugin => ({
  id: 'note-second-factors',
  hooks: {
    after: [
      {
        matcher: ({ path }) => path !== undefined && path in CONFIRMING,
        handler: createAuthMiddleware(confirmSession),
      },
      {
        matcher: ({ path }) => path === '/two-factor/disable' || path === '/passkey/delete-passkey',
        handler: createAuthMiddleware(withdraw),
      },
    ],
  },
});

const hasFailed = ({ context: { returned } }: Ctx): boolean =>
  returned instanceof APIError && returned.status !== 'FOUND';

async function confirmSession(ctx: Ctx): Promise<void> {
  if (hasFailed(ctx)) return;
  const factor = CONFIRMING[ctx.path];
  if (factor === 'provider' && !trustedProviders().includes(String(ctx.params?.id))) return;
  const { newSession } = ctx.context;
  const session = newSession ?? (factor === 'provider' ? null : await getSessionFromCtx(ctx));
  if (!session) return;
  await pool().query(sql`update session set second_factor = ${factor} where id = ${session.session.id}`);
}

/** A factor that its owner removed confirms no session any more. */
async function withdraw(ctx: Ctx): Promise<void> {
  if (hasFailed(ctx)) return;
  const userId = (ctx.context.newSession ?? (await getSessionFromCtx(ctx)))?.user.id;
  if (userId === undefined) return;
  await pool().query(
    sql`update session s set second_factor = null from "user" u
        where u.id = s.user_id and u.id = ${userId}
          and ((s.second_factor = 'app' and not u.two_factor_enabled)
            or (s.second_factor = 'passkey' and not exists (select from passkey p where p.user_id = u.id)))`,
  );
}
