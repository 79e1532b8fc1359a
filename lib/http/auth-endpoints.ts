import type { z } from 'zod';
import { codeBody, nothing, passwordBody, signInBody, socialBody, updateUserBody } from '@/lib/contracts/auth';

/**
 * The endpoints of the sign-in library that are offered, each with the only fields that it accepts; null without a body.
 * Every other endpoint is answered with 404, also one that a later version adds.
 */
const OFFERED: Readonly<Record<string, z.ZodType | null>> = {
  'POST /sign-in/email': signInBody,
  'POST /sign-out': nothing,
  'GET /get-session': null,
  'POST /update-user': updateUserBody,
  'POST /two-factor/enable': passwordBody,
  'POST /two-factor/disable': passwordBody,
  'POST /two-factor/generate-backup-codes': passwordBody,
  'POST /two-factor/verify-totp': codeBody,
  'POST /two-factor/verify-backup-code': codeBody,
  'POST /sign-in/social': socialBody,
  'GET /callback/:id': null,
};

export const OFFERED_ENDPOINTS: readonly string[] = Object.keys(OFFERED);

/** Returns the body that an endpoint accepts; null if it takes none, undefined if the endpoint is not offered. */
export function bodyOfEndpoint(method: string, pathname: string): z.ZodType | null | undefined {
  const path = pathname.replace(/^\/api\/auth/, '').replace(/^\/callback\/[\w.-]{1,64}$/, '/callback/:id');
  const call = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(OFFERED, call) ? OFFERED[call] : undefined;
}
