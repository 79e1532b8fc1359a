import { expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext, createMember, createOrganization, createSession } from '@/lib/testing/factories';
import { listUsers, makeOwner, makeSystemAdministrator, removeSecondFactor } from './administer';

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

it('a second factor is removed, and the sessions of its user end', async () => {
  const { email, userId, context } = await createMember(await createContext());
  await createSession(context);
  await pool().query('update "user" set two_factor_enabled = true where id = $1', [userId]);
  await pool().query("insert into two_factor (id, user_id, secret, backup_codes) values ($1, $1, 's', 'c')", [userId]);
  await removeSecondFactor(email);
  const { rows } = await pool().query(
    `select two_factor_enabled as app, (select count(*)::int from two_factor where user_id = u.id) as apps,
       (select count(*)::int from session where user_id = u.id) as sessions from "user" u where id = $1`,
    [userId],
  );
  expect(rows).toEqual([{ app: false, apps: 0, sessions: 0 }]);
});
