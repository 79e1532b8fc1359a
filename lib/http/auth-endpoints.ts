import type { z } from 'zod';
import {
  codeBody,
  nothing,
  passkeyIdBody,
  passkeyNameBody,
  passkeySignInBody,
  passwordBody,
  registerPasskeyBody,
  signInBody,
  socialBody,
  updateUserBody,
} from '@/lib/contracts/auth';

export interface AuthEndpoint {
  /** the only fields that it accepts; null without a body */
  body: z.ZodType | null;
  /** needs a sign-in of the last minutes, to do this */
  recently?: string;
  /** changes which second factors the person has, or, with `code`, checks a code and may complete an app */
  factors?: 'change' | 'code';
}

/**
 * The endpoints of the sign-in library that are offered. Every other one is answered with 404, also one that a later
 * version adds.
 */
const OFFERED: Readonly<Record<string, AuthEndpoint>> = {
  'POST /sign-in/email': { body: signInBody },
  'POST /sign-out': { body: nothing },
  'GET /get-session': { body: null },
  'POST /update-user': { body: updateUserBody },
  'POST /two-factor/enable': { body: passwordBody, factors: 'change' },
  'POST /two-factor/disable': { body: passwordBody, factors: 'change' },
  'POST /two-factor/generate-backup-codes': { body: passwordBody, factors: 'change' },
  'POST /two-factor/verify-totp': { body: codeBody, factors: 'code' },
  'POST /two-factor/verify-backup-code': { body: codeBody, factors: 'code' },
  'GET /passkey/generate-register-options': { body: null, recently: 'add a passkey', factors: 'change' },
  'POST /passkey/verify-registration': { body: registerPasskeyBody, recently: 'add a passkey', factors: 'change' },
  'GET /passkey/generate-authenticate-options': { body: null },
  'POST /passkey/verify-authentication': { body: passkeySignInBody },
  'POST /passkey/update-passkey': { body: passkeyNameBody },
  'POST /passkey/delete-passkey': { body: passkeyIdBody, recently: 'remove a passkey', factors: 'change' },
  'POST /sign-in/social': { body: socialBody },
  'GET /callback/:id': { body: null },
};

export const OFFERED_ENDPOINTS: readonly string[] = Object.keys(OFFERED);

/** Returns the offered endpoint of a request; undefined if there is none. */
export function endpointOf(method: string, pathname: string): AuthEndpoint | undefined {
  const path = pathname.replace(/^\/api\/auth/, '').replace(/^\/callback\/[\w.-]{1,64}$/, '/callback/:id');
  const call = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(OFFERED, call) ? OFFERED[call] : undefined;
}
