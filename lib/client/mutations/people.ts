'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { deletionPath } from '@/lib/client/queries/people';
import type {
  AcceptInvitationBody,
  CreatedInvitation,
  CreateInvitationBody,
  MemberAnswer,
  UpdateMemberBody,
} from '@/lib/contracts/member';
import type { OrganizationAnswer } from '@/lib/contracts/organization';
import type { DeletedAnswer } from '@/lib/contracts/person';

const path = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}`;

/** A mutation after which these queries are read again, whether it succeeded or not. */
export function useChange<V, R>(change: (variables: V) => Promise<R>, ...affected: (readonly string[])[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: (_answer, error) => {
      const reading = Promise.all(affected.map((queryKey) => client.invalidateQueries({ queryKey })));
      // A success shows with the new list. A refusal shows at once: the list may be unreadable for the same reason.
      return error ? undefined : reading;
    },
  });
}

export const useUpdateMember = () =>
  useChange(
    ({ id, ...json }: UpdateMemberBody & { id: string }) =>
      api<MemberAnswer>(path('members', id), { method: 'PATCH', json }).then(({ member }) => member),
    keys.members,
    keys.viewer,
  );

export const useRemoveMember = () =>
  useChange((id: string) => api<MemberAnswer>(path('members', id), { method: 'DELETE' }), keys.members);

export const useInvite = () =>
  useChange(
    (json: CreateInvitationBody) =>
      api<CreatedInvitation>('/invitations', { method: 'POST', json }).then(({ invitation }) => invitation),
    keys.invitations,
  );

export const useRevokeInvitation = () =>
  useChange((id: string) => api(path('invitations', id), { method: 'DELETE' }), keys.invitations);

export const useCreateOrganization = () =>
  useChange(
    (name: string) =>
      api<OrganizationAnswer>('/organizations', { method: 'POST', json: { name } }).then(
        (answer) => answer.organization,
      ),
    keys.organizations,
  );

export const useRenameOrganization = () =>
  useChange(
    ({ id, name }: { id: string; name: string }) =>
      api<OrganizationAnswer>(path('organizations', id), { method: 'PATCH', json: { name } }),
    keys.organizations,
    keys.viewer,
  );

/** Sets whether members need a second factor. */
export const useRequireSecondFactor = () =>
  useChange(
    ({ id, required }: { id: string; required: boolean }) =>
      api<OrganizationAnswer>(path('organizations', id), { method: 'PATCH', json: { secondFactorRequired: required } }),
    keys.organizations,
  );

/** Leaves for the start page, because everything on screen belongs to another organization. */
const startAgain = (): void => globalThis.location.assign('/');

/** Deletes an organization. If the session worked in it, it works in another one afterwards. */
export function useDeleteOrganization() {
  return useMutation({
    mutationFn: (id: string) => api(path('organizations', id), { method: 'DELETE' }),
    onSuccess: startAgain,
  });
}

/** Deletes an account: one's own (`me`), or that of a user. */
export const useDeletePerson = (of: string) =>
  useChange(
    (email: string) =>
      api<DeletedAnswer>(deletionPath(of), { method: 'POST', json: { email } }).then(({ deletion }) => deletion),
    keys.users,
    keys.members,
  );

/** Makes the session work in another organization. */
export function useSwitchOrganization() {
  return useMutation({
    mutationFn: (id: string) => api(`${path('organizations', id)}/switch`, { method: 'POST', json: {} }),
    onSuccess: startAgain,
  });
}

/** Accepts an invitation. Needs no ClientProvider. @throws ApiError, OfflineError */
export const acceptInvitation = (id: string, json: AcceptInvitationBody): Promise<MemberAnswer> =>
  api<MemberAnswer>(`${path('invitations', id)}/accept`, { method: 'POST', json });
