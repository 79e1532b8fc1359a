'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { InvitationList, MemberList } from '@/lib/contracts/member';
import type { OrganizationList } from '@/lib/contracts/organization';
import type { DeletionAnswer, UserList } from '@/lib/contracts/person';
import type { ExportList } from '@/lib/contracts/privacy';
import type { SessionList } from '@/lib/contracts/session';
import { isTerminal } from '@/lib/contracts/status';

/** Accounts of one list. */
export const MOST_USERS = 100;

/** The organizations that the person belongs to. */
export function useOrganizations() {
  return useQuery({
    queryKey: keys.organizations,
    staleTime: 60_000,
    queryFn: ({ signal }) => api<OrganizationList>('/organizations', { signal }),
    select: ({ organizations }) => organizations,
  });
}

/** The people of the organization, by name. */
export function useMembers() {
  return useQuery({
    queryKey: keys.members,
    queryFn: ({ signal }) => api<MemberList>('/members', { signal }),
    select: ({ members }) => members,
  });
}

/** The newest accounts of all organizations, or those that a search finds. Only system administrators may see them. */
export function useUsers(q: string) {
  return useQuery({
    queryKey: keys.usersLike(q),
    queryFn: ({ signal }) => api<UserList>('/users', { query: { q: q || undefined, limit: MOST_USERS }, signal }),
    placeholderData: keepPreviousData,
    select: ({ users }) => users,
  });
}

/** What the deletion of an account would do: of one's own (`me`), or of a user. */
export function useDeletion(of: string, { enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: keys.deletion(of),
    enabled,
    queryFn: ({ signal }) => api<DeletionAnswer>(deletionPath(of), { signal }),
    select: ({ deletion }) => deletion,
  });
}

/** The address of the deletion of an account. */
export const deletionPath = (of: string): string =>
  of === 'me' ? '/account/deletion' : `/users/${encodeURIComponent(of)}/deletion`;

/** The open invitations. Only owners may see them. */
export function useInvitations({ enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: keys.invitations,
    enabled,
    queryFn: ({ signal }) => api<InvitationList>('/invitations', { signal }),
    select: ({ invitations }) => invitations,
  });
}

/** The person's own sessions, the present one first. */
export function useSessions() {
  return useQuery({
    queryKey: keys.sessions,
    queryFn: ({ signal }) => api<SessionList>('/sessions', { signal }),
    select: ({ sessions }) => sessions,
  });
}

/** The exports that the person asked for; read again every two seconds while one is written. */
export function useExports() {
  return useQuery({
    queryKey: keys.exports,
    queryFn: ({ signal }) => api<ExportList>('/privacy/exports', { signal }),
    select: ({ exports }) => exports,
    refetchInterval: ({ state }) => (state.data?.exports.some(({ status }) => !isTerminal(status)) ? 2000 : false),
  });
}
