import { z } from 'zod';
import { name, text } from './text';

/** A path of this dashboard. Absolute addresses are refused, so nobody is sent elsewhere after a sign-in. */
const ownPath = text(2000).regex(/^\/(?![/\\])/, 'must be a path that begins with one slash');
const email = text(254).min(1);
/** The longest password that may be tried; how long a new one must be is checked where it is set. */
const password = text(128).min(1);
const code = text(20).min(1);

export const signInBody = z.strictObject({ email, password, rememberMe: z.boolean().exactOptional() });
export type SignInBody = z.infer<typeof signInBody>;

export const nothing = z.strictObject({});
export const updateUserBody = z.strictObject({ name: name(100) });
export const passwordBody = z.strictObject({ password });
export const codeBody = z.strictObject({ code });
export const socialBody = z
  .strictObject({ provider: text(64).min(1), callbackURL: ownPath, errorCallbackURL: ownPath })
  .describe('answers the address of the provider, where the sign-in continues');
