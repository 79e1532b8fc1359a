import { describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { credentialKey, listValidCredentials } from '@/lib/domain/auth/list-valid-credentials';
import type { Context } from '@/lib/domain/context';
import { asMember, createContext, createMember, createOrganization, createSession } from '@/lib/testing/factories';
import { removeMember, updateMember } from './change-member';
import { listMembers } from './list-members';
import { listOrganizations } from './list-organizations';
import { switchOrganization } from './switch-organization';

const owner = async (): Promise<Awaited<ReturnType<typeof createMember>>> => createMember(await createContext());

const isValid = async (context: Context): Promise<boolean> => {
  const { actor, credential, organizationId } = context;
  if (!credential || !('role' in actor)) throw new Error('The context has no session.');
  const { role, seesPayloads } = actor;
  const use = { credential, organizationId, role, seesPayloads };
  return (await listValidCredentials([use])).has(credentialKey(use));
};

const lastAudit = async (organizationId: string) =>
  (await pool().query('select * from audit where organization_id = $1 order by id desc limit 1', [organizationId]))
    .rows[0];

describe('members', () => {
  it('are listed by name, with role and address', async () => {
    const { context } = await owner();
    await createMember(context, { name: 'Ana', email: 'ana@members.example', role: 'viewer', seesPayloads: false });
    expect(await listMembers(context)).toMatchObject([
      { name: 'Ana', email: 'ana@members.example', role: 'viewer', seesPayloads: false, lastSeenAt: null },
      { name: 'Ben', role: 'owner', seesPayloads: true },
    ]);
  });

  it('get another role from an owner only, and the audit has before and after', async () => {
    const { context } = await owner();
    const mika = await createMember(context, { name: 'Mika', role: 'viewer' });
    const admin = await createMember(context, { role: 'admin' });
    await expect(updateMember(admin.context, mika.memberId, { role: 'owner' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await updateMember(context, mika.memberId, { role: 'operator' })).toMatchObject({
      role: 'operator',
      seesPayloads: true,
    });
    expect(await lastAudit(context.organizationId)).toMatchObject({
      action: 'member.update',
      actor_id: context.actor.id,
      target_id: mika.memberId,
      before: { role: 'viewer', seesPayloads: true },
      after: { role: 'operator', seesPayloads: true },
    });
    await updateMember(context, mika.memberId, { seesPayloads: false });
    expect((await listMembers(context)).find((one) => one.id === mika.memberId)).toMatchObject({
      role: 'operator',
      seesPayloads: false,
    });
  });

  it('of another organization are unknown', async () => {
    const [here, there] = [await owner(), await owner()];
    await expect(updateMember(here.context, there.memberId, { role: 'viewer' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(removeMember(here.context, there.memberId)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('who are the last owner stay, also if two owners remove each other at once', async () => {
    const { context, memberId } = await owner();
    await expect(updateMember(context, memberId, { role: 'admin' })).rejects.toMatchObject({ code: 'last-owner' });
    await expect(removeMember(context, memberId)).rejects.toMatchObject({ code: 'last-owner' });
    const second = await createMember(context, { name: 'Cleo' });
    const results = await Promise.allSettled([
      removeMember(context, second.memberId),
      removeMember(second.context, memberId),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await listMembers(context)).filter((one) => one.role === 'owner')).toHaveLength(1);
  });

  it('who are removed lose their sessions there, and keep those of other organizations', async () => {
    const { context } = await owner();
    const mika = await createMember(context, { role: 'operator' });
    const elsewhere = await createOrganization('Elsewhere');
    await pool().query('insert into member (id, organization_id, user_id, role) values ($1, $2, $3, $4)', [
      `${mika.memberId}-2`,
      elsewhere,
      mika.userId,
      'viewer',
    ]);
    const here = await createSession(mika.context);
    const there = await createSession(mika.context);
    await switchOrganization(there, elsewhere);
    const { actor } = asMember(there, 'viewer');
    const moved: Context = { ...there, actor: { ...actor, id: there.actor.id }, organizationId: elsewhere };
    expect([await isValid(here), await isValid(moved), await isValid(there)]).toEqual([true, true, false]);
    await removeMember(context, mika.memberId);
    expect([await isValid(here), await isValid(moved)]).toEqual([false, true]);
    expect(await listOrganizations(moved)).toMatchObject([{ id: elsewhere, current: true, role: 'viewer' }]);
  });

  it('are changed only after the password was given lately', async () => {
    const { context } = await owner();
    const mika = await createMember(context, { role: 'viewer' });
    const stale = await createSession(context, { minutes: 11 });
    const refusal = { code: 'reauthentication-required', extra: { methods: ['sign-in'] } };
    await expect(updateMember(stale, mika.memberId, { role: 'admin' })).rejects.toMatchObject(refusal);
    await expect(removeMember(stale, mika.memberId)).rejects.toMatchObject(refusal);
    const fresh = await createSession(context, { minutes: 9 });
    expect(await updateMember(fresh, mika.memberId, { role: 'admin' })).toMatchObject({ role: 'admin' });
  });
});
