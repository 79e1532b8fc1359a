'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ChangePasswordBody, ResetPasswordBody } from '@/lib/contracts/password';
import type { CreateExportBody } from '@/lib/contracts/privacy';
import { useChange } from './people';

/** Changes the password. All other sessions end. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: ChangePasswordBody) => api<{ ended: number }>('/auth/change-password', { method: 'POST', json }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
}

export function useUpdateProfile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => api('/auth/update-user', { method: 'POST', json: { name } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.viewer }),
  });
}

/** Ends one session, or all but this one. */
export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (which: { id: string } | 'others') =>
      api(which === 'others' ? '/sessions' : `/sessions/${encodeURIComponent(which.id)}`, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
}

/** Starts an export of one's own data, or of the organization. */
export const useStartExport = () =>
  useChange((json: CreateExportBody) => api('/privacy/exports', { method: 'POST', json }), keys.exports);

/** Gives the password again. @throws ApiError, OfflineError */
export const reauthenticate = (password: string): Promise<unknown> =>
  api('/auth/reauthenticate', { method: 'POST', json: { password } });

/** Asks for a link for a new password. Needs no ClientProvider. @throws ApiError, OfflineError */
export const requestPasswordReset = (email: string): Promise<unknown> =>
  api('/auth/request-password-reset', { method: 'POST', json: { email } });

/** Sets a new password by the token of a link. Needs no ClientProvider. @throws ApiError, OfflineError */
export const resetPassword = (json: ResetPasswordBody): Promise<{ email: string }> =>
  api('/auth/reset-password', { method: 'POST', json });
