import { describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { authenticateKey } from '@/lib/domain/auth/authenticate-key';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { createContext, createMember, createSession, seedBatch } from '@/lib/testing/factories';
import { createOrganization } from './create-organization';
import { deleteOrganization } from './delete-organization';
import { listOrganizations } from './list-organizations';
import { switchOrganization } from './switch-organization';
import { updateOrganization } from './update-organization';

const person = async () => {
  const { context } = await createMember(await createContext());
  return { ...context, actor: { ...context.actor, systemAdmin: true } } as typeof context;
};

describe('an organization', () => {
  it('is created by a system administrator, who owns it and works in it after a switch', async () => {
    const session = await createSession(await person());
    const created = await createOrganization(session, { name: 'Research' });
    expect(created).toMatchObject({ name: 'Research', role: 'owner', current: false });
    expect(await switchOrganization(session, created.id)).toMatchObject({ id: created.id, current: true });
    const there = { ...session, organizationId: created.id };
    expect(await listOrganizations(there)).toMatchObject([{ current: false }, { id: created.id, current: true }]);
    const { context } = await createMember(await createContext());
    await expect(createOrganization(context, { name: 'Mine' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('that a key creates belongs to who created the key', async () => {
    const ana = await person();
    const { key } = await createApiKey(ana, { name: 'admin', role: 'owner' });
    const context = await authenticateKey(key);
    if (context?.actor.kind !== 'key') throw new Error('The key is not valid.');
    const asSystem = { ...context, actor: { ...context.actor, systemAdmin: true } };
    const { id } = await createOrganization(asSystem, { name: 'By key' });
    expect((await listOrganizations(ana)).map((one) => one.id)).toContain(id);
    expect(await listOrganizations(context)).toMatchObject([{ id: ana.organizationId, current: true }]);
    await expect(switchOrganization(context, ana.organizationId)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('that one does not belong to is unknown', async () => {
    const [here, there] = [await createSession(await person()), await person()];
    const unknown = { code: 'not-found' };
    await expect(switchOrganization(here, there.organizationId)).rejects.toMatchObject(unknown);
    await expect(updateOrganization(here, there.organizationId, { name: 'Ours' })).rejects.toMatchObject(unknown);
    await expect(deleteOrganization(here, there.organizationId)).rejects.toMatchObject(unknown);
  });

  it('is renamed by its owner only', async () => {
    const ana = await person();
    const admin = await createMember(ana, { role: 'admin' });
    await expect(updateOrganization(admin.context, ana.organizationId, { name: 'X' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await updateOrganization(ana, ana.organizationId, { name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
  });

  it('in which something runs is not deleted; afterwards nobody can use it', async () => {
    const ana = await person();
    const { key } = await createApiKey(ana, { name: 'there', role: 'viewer' });
    const { batchId } = await seedBatch(ana, { statuses: ['pending'] });
    await expect(deleteOrganization(ana, ana.organizationId)).rejects.toMatchObject({ code: 'organization-busy' });
    await pool().query("update batch set status = 'cancelled' where id = $1", [batchId]);
    await pool().query("update job set status = 'cancelled', finished_at = now() where batch_id = $1", [batchId]);
    expect(await authenticateKey(key)).not.toBeNull();
    expect(await deleteOrganization(ana, ana.organizationId)).toEqual({ id: ana.organizationId, deleting: true });
    expect(await authenticateKey(key)).toBeNull();
    expect(await listOrganizations(ana)).toEqual([]);
    await expect(deleteOrganization(ana, ana.organizationId)).rejects.toMatchObject({ code: 'not-found' });
  });
});
