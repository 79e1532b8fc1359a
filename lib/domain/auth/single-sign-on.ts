import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { env } from '@/lib/config/env';
import { cleanLine } from '@/lib/contracts/text';
import { pool } from '@/lib/db/pool';
import { auditPerson, findPerson } from '@/lib/domain/audit/audit-person';
import type { Context } from '@/lib/domain/context';
import { type Admission, admit, decideAdmission } from './admit';
import { clientAddress } from './client-address';

const MAX_NAME = 100;

/** Returns the providers of single sign-on, for the sign-in page. */
export const listProviders = (): { id: string; name: string }[] =>
  env().OIDC_PROVIDERS.map(({ id, name }) => ({ id, name }));

/**
 * Single sign-on by OpenID Connect, with PKCE, a nonce and verified ID tokens. A provider's description is fetched at its
 * first use: one that cannot be reached must not keep anybody from signing in by other means.
 */
export function singleSignOn(): BetterAuthPlugin {
  const config = env().OIDC_PROVIDERS.map((provider) => ({
    providerId: provider.id,
    name: provider.name,
    discoveryUrl: `${provider.issuer}/.well-known/openid-configuration`,
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    scopes: ['openid', 'email', 'profile', ...provider.scopes],
    requireIdTokenVerification: true,
    mapProfileToUser: (profile: Record<string, unknown>) => ({
      name: nameOf(profile),
      image: undefined,
      ...(provider.emailsAreVerified ? { emailVerified: true } : {}),
    }),
  }));
  return {
    ...genericOAuth({ config }),
    init: () => ({
      context: { genericOAuthPendingDiscovery: new Map(config.map((one) => [one.providerId, one])) },
    }),
  };
}

/** A provider's text is shown on every page, so it is bounded and cleaned as names are. */
function nameOf({ name, email }: Record<string, unknown>): string {
  const given = typeof name === 'string' ? cleanLine(name).slice(0, MAX_NAME).trim() : '';
  return given || String(email).split('@')[0] || 'Unnamed';
}

type Validate = NonNullable<NonNullable<BetterAuthOptions['user']>['validateUserInfo']>;

const admissions = new WeakMap<object, Admission>();

/** Decides whether a person from a provider is admitted, before an account or a session is made. */
export const validateUserInfo: Validate = async ({ user, source }, { context, headers }) => {
  const provider = env().OIDC_PROVIDERS.find(({ id }) => id === source.oauth?.providerId);
  if (source.method !== 'oauth') return undefined;
  if (!provider) return { error: 'unknown_provider' };
  const decided = await decideAdmission(provider, {
    userId: source.action === 'create-user' ? undefined : user.id,
    email: user.email ?? '',
    emailVerified: user.emailVerified === true,
    groups: source.oauth?.profile?.[provider.groupsClaim],
  });
  if ('error' in decided) {
    const person = await findPerson(pool(), user.email ?? '');
    const after = { method: 'single sign-on', provider: provider.id, reason: decided.error };
    await auditPerson(pool(), person, 'session.sign-in-failed', { after, ...originOf(headers) });
    return decided;
  }
  admissions.set(context, decided);
  return undefined;
};

const originOf = (headers: Headers | undefined): Pick<Context, 'origin'> =>
  headers ? { origin: { address: clientAddress(headers), requestId: headers.get('x-request-id') ?? '' } } : {};

/** Makes the person a member, with the role of their groups, after the provider's sign-in succeeded. */
export const admitAfterSignIn = (): BetterAuthPlugin => ({
  id: 'admit-after-sign-in',
  hooks: {
    after: [
      {
        matcher: ({ path }) => path === '/callback/:id',
        handler: createAuthMiddleware(async ({ context }) => {
          const admission = admissions.get(context);
          const session = context.newSession;
          if (!session) return;
          if (!admission) throw new APIError('FORBIDDEN', { message: 'Nothing admits this account.' });
          await admit(admission, session.user);
        }),
      },
    ],
  },
});
