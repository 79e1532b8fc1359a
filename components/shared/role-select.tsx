import type { ComponentProps } from 'react';
import { Select } from '@/components/ui/select';
import { ROLES, type Role } from '@/lib/contracts/permissions';

export const ROLE_WORD: Record<Role, string> = {
  viewer: 'Viewer',
  operator: 'Operator',
  admin: 'Administrator',
  owner: 'Owner',
};

/** What each role may do, in one line. */
export const ROLE_HINT: Record<Role, string> = {
  viewer: 'Sees batches, jobs and flows',
  operator: 'Launches, cancels, retries and edits too',
  admin: 'Everything but people: deletions, keys, secrets and settings too',
  owner: 'Everything: invitations, roles and removal too',
};

interface RoleSelectProps extends Omit<ComponentProps<'select'>, 'value' | 'onChange'> {
  value: Role;
  onRole: (role: Role) => void;
}

/** Chooses a role. */
export function RoleSelect({ value, onRole, ...props }: RoleSelectProps) {
  return (
    <Select value={value} onChange={(event) => onRole(event.target.value as Role)} {...props}>
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {ROLE_WORD[role]}
        </option>
      ))}
    </Select>
  );
}
