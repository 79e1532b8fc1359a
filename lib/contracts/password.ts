import { z } from 'zod';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './bounds';

/** A password that someone chooses. The server also refuses known and guessable ones (422). */
export const newPassword = z
  .string()
  .max(MAX_PASSWORD_LENGTH)
  .refine((text) => [...text].length >= MIN_PASSWORD_LENGTH, `must have at least ${MIN_PASSWORD_LENGTH} characters`)
  .describe(`${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters; known breached ones are refused with 422`);

/** A password that is compared with the stored one. */
export const givenPassword = z.string().min(1).max(MAX_PASSWORD_LENGTH);

export const changePasswordBody = z.strictObject({ currentPassword: givenPassword, newPassword });
export type ChangePasswordBody = z.infer<typeof changePasswordBody>;

export const reauthenticateBody = z.strictObject({ password: givenPassword });

export const requestResetBody = z.strictObject({ email: z.email().max(254) });
export const resetPasswordBody = z.strictObject({ token: z.string().min(1).max(200), newPassword });
export type ResetPasswordBody = z.infer<typeof resetPasswordBody>;
