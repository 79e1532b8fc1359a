import { isIP } from 'node:net';
import { passkey } from '@better-auth/passkey';
import { APIError } from 'better-auth/api';
import { publicUrl } from './origins';

const MAX_PASSKEYS = 20;

/** The host name that passkeys belong to; null where it is an IP address, for which browsers make none. */
export function passkeyHost(): string | null {
  const { hostname } = new URL(publicUrl());
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : null;
}

/**
 * Sign-in with passkeys. The authenticator must verify the person (PIN, fingerprint, face), so a passkey is two factors and
 * no code is asked for after it.
 */
export const passkeys = () =>
  passkey({
    rpID: passkeyHost() ?? 'localhost',
    rpName: 'Batchyard',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: async ({ ctx, verification, user }) => {
        requireVerified(verification.registrationInfo?.userVerified);
        const where = [{ field: 'userId', value: user.id }];
        if ((await ctx.context.adapter.count({ model: 'passkey', where })) < MAX_PASSKEYS) return;
        throw new APIError('CONFLICT', { message: `An account has at most ${MAX_PASSKEYS} passkeys.` });
      },
    },
    authentication: {
      afterVerification: ({ verification }) => requireVerified(verification.authenticationInfo.userVerified),
    },
  });

function requireVerified(isVerified: boolean | undefined): void {
  if (isVerified) return;
  const message = 'The authenticator did not check who you are. Use one with a PIN, a fingerprint or your face.';
  throw new APIError('UNAUTHORIZED', { message });
}
