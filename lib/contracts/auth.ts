import { z } from 'zod';
import { name, text } from './text';

/** A path of this dashboard. Absolute addresses are refused, so nobody is sent elsewhere after a sign-in. */
const ownPath = text(2000).regex(/^\/(?![/\\])/, 'must be a path that begins with one slash');
const email = text(254).min(1);
/** The longest password that may be tried; how long a new one must be is checked where it is set. */
const password = text(128).min(1);
const code = text(20).min(1);
/** What a browser's WebAuthn call returned. Its members are checked by the library that verifies it. */
const credential = z.looseObject({ id: text(2000), rawId: text(2000), type: z.literal('public-key') });

export const signInBody = z.strictObject({ email, password, rememberMe: z.boolean().exactOptional() });
export type SignInBody = z.infer<typeof signInBody>;

export const nothing = z.strictObject({});
export const updateUserBody = z.strictObject({ name: name(100) });
export const passwordBody = z.strictObject({ password });
export const codeBody = z.strictObject({ code });
export const socialBody = z
  .strictObject({ provider: text(64).min(1), callbackURL: ownPath, errorCallbackURL: ownPath })
  .describe('answers the address of the provider, where the sign-in continues');

export const passkeyNameBody = z.strictObject({ id: text(64), name: name(100) });
export const passkeyIdBody = z.strictObject({ id: text(64) });
export const registerPasskeyBody = z.strictObject({ response: credential, name: name(100) });
export const passkeySignInBody = z.strictObject({ response: credential });
