'use client';

import { useMutation } from '@tanstack/react-query';
import { api } from '@/lib/client/api';

/** Signs in with e-mail and password; the session is a cookie. Needs no ClientProvider. */
export const signIn = (credentials: { email: string; password: string }): Promise<unknown> =>
  api('/auth/sign-in/email', { method: 'POST', json: credentials });

/** Ends the session and leaves: nothing of it stays in memory. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => api('/auth/sign-out', { method: 'POST', json: {} }),
    onSuccess: () => globalThis.location.assign('/sign-in'),
  });
}
