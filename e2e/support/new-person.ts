import { randomBytes } from 'node:crypto';
import { must } from '@/lib/contracts/must';
import type { Role } from '@/lib/contracts/permissions';
import type { Api } from './api';

export interface Person {
  email: string;
  password: string;
}

/** Invites a person and accepts as them, so that a journey can change an account that no other journey uses. */
export async function newPerson(api: Api, role: Role = 'operator'): Promise<Person> {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const password = randomBytes(15).toString('base64url');
  const invited = await api.post<{ invitation: { id: string; url: string } }>('/api/invitations', { email, role });
  if (invited.status !== 201) throw new Error(`The invitation was answered with ${invited.status}.`);
  const { id, url } = invited.body.invitation;
  const token = must(new URL(url).searchParams.get('token'), 'The token of the invitation');
  const accepted = await api.as(null).post(`/api/invitations/${id}/accept`, { token, name: 'Mika Sato', password });
  if (accepted.status !== 201) throw new Error(`The acceptance was answered with ${accepted.status}.`);
  return { email, password };
}
