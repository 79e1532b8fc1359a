import { expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext, createMember, createOrganization } from '@/lib/testing/factories';
import { listUsers, makeOwner, makeSystemAdministrator } from './administer';

it('a user is listed with every organization, and made an owner or a system administrator', async () => {
  const { email, context } = await createMember(await createContext(), { name: 'Mika', role: 'viewer' });
  const other = await createOrganization('Research');
  expect(await makeOwner(email.toUpperCase(), 'Research')).toBe('Research');
  await makeOwner(email, context.organizationId);
  await makeSystemAdministrator(email);
  const of = { email, name: 'Mika', system_admin: true, role: 'owner' };
  expect(await listUsers()).toEqual([
    { ...of, organization: 'Test organization' },
    { ...of, organization: 'Research' },
  ]);
  const { rows } = await pool().query('select action, actor_kind from audit where organization_id = $1', [other]);
  expect(rows).toEqual([{ action: 'member.make-owner', actor_kind: 'system' }]);
  await expect(makeOwner('nobody@example.org')).rejects.toMatchObject({ code: 'not-found' });
  await expect(makeOwner(email, 'no such')).rejects.toMatchObject({ code: 'not-found' });
  await expect(makeSystemAdministrator('nobody@example.org')).rejects.toMatchObject({ code: 'not-found' });
});
