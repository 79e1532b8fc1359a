'use client';

import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { useMutation } from '@tanstack/react-query';
import { api } from '@/lib/client/api';

type RegisterOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];
type AuthenticateOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

const post = <T>(path: string, json: unknown): Promise<T> => api<T>(`/auth${path}`, { method: 'POST', json });

/** Signs in with e-mail and password; the session is a cookie. @returns whether a code of a second factor must follow */
export async function signInWithPassword(credentials: { email: string; password: string }): Promise<boolean> {
  const { twoFactorRedirect = false } = await post<{ twoFactorRedirect?: boolean }>('/sign-in/email', credentials);
  return twoFactorRedirect;
}

/** The second step of a sign-in: a code of the app has six digits, anything else is a recovery code. */
export const sendCode = (code: string): Promise<unknown> =>
  post(/^\d{6}$/.test(code) ? '/two-factor/verify-totp' : '/two-factor/verify-backup-code', { code });

/** Asks the browser for a passkey of this site, and signs in with it. @throws Error as WebAuthn does, when cancelled */
export async function signInWithPasskey(): Promise<void> {
  const options = await api<AuthenticateOptions>('/auth/passkey/generate-authenticate-options');
  const response = await startAuthentication({ optionsJSON: { ...options, userVerification: 'required' } });
  await post('/passkey/verify-authentication', { response });
}

/** Starts a sign-in at a provider. @returns the address where it goes on */
export async function startSingleSignOn(provider: string, next: string): Promise<string> {
  const errorCallbackURL = `/sign-in?${new URLSearchParams({ next })}`;
  return (await post<{ url: string }>('/sign-in/social', { provider, callbackURL: next, errorCallbackURL })).url;
}

/** What an authenticator app needs. */
export interface Enrollment {
  totpURI: string;
  backupCodes: string[];
}

/** Begins the setup of an authenticator app. It is asked for only after `useConfirmApp`. */
export const useEnrollApp = () =>
  useMutation({ mutationFn: (password: string) => post<Enrollment>('/two-factor/enable', { password }) });

export const useConfirmApp = () =>
  useMutation({
    mutationFn: (code: string) => post('/two-factor/verify-totp', { code }),
    meta: { mayAnswer401: true },
  });

export const useDisableApp = () =>
  useMutation({ mutationFn: (password: string) => post('/two-factor/disable', { password }) });

/** Replaces the recovery codes. */
export const useNewRecoveryCodes = () =>
  useMutation({
    mutationFn: async (password: string) =>
      (await post<{ backupCodes: string[] }>('/two-factor/generate-backup-codes', { password })).backupCodes,
  });

/** Asks the browser for a new passkey, and keeps it under a name. */
export const useAddPasskey = () =>
  useMutation({
    mutationFn: async (name: string) => {
      const optionsJSON = await api<RegisterOptions>('/auth/passkey/generate-register-options');
      return post('/passkey/verify-registration', { response: await startRegistration({ optionsJSON }), name });
    },
  });

export const useRenamePasskey = () =>
  useMutation({ mutationFn: (passkey: { id: string; name: string }) => post('/passkey/update-passkey', passkey) });

export const useDeletePasskey = () =>
  useMutation({ mutationFn: (id: string) => post('/passkey/delete-passkey', { id }) });
