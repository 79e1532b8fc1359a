import { beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '@/lib/contracts/permissions';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { createInvitation } from '@/lib/domain/organization/invitations';
import { createContext, createMember, createOrganization, createSession } from '@/lib/testing/factories';
import { deleteOwnAccount, deletePerson } from './delete-person';
import { listUsers } from './list-users';
import { previewDeletion, previewOwnDeletion } from './preview-deletion';

let administrator: Context;

/** A system administrator with an organization, who is no member of the others. */
beforeEach(async () => {
  await pool().query('delete from "user"');
  await pool().query('delete from person_deletion');
  const home = await createContext();
  const { context, userId } = await createMember(home, { name: 'Ana' });
  await pool().query('update "user" set system_admin = true where id = $1', [userId]);
  administrator = { ...context, actor: { ...home.actor, id: userId } };
});

async function newOwner(name: string): Promise<Context> {
  const organizationId = await createOrganization(`${name}’s`);
  return (await createMember({ ...administrator, organizationId }, { name })).context;
}

async function join(context: Context, organizationId: string, role: Role): Promise<void> {
  await pool().query('insert into member (id, organization_id, user_id, role) values ($1, $2, $3, $4)', [
    newId(),
    organizationId,
    context.actor.id,
    role,
  ]);
}

/** The e-mail address of a member is made of the id. */
const emailOf = (context: Context) => `${context.actor.id}@example.org`;
const quit = (context: Context, email = emailOf(context)) => deleteOwnAccount(context, { email });
const remove = (context: Context, of: Context) => deletePerson(context, of.actor.id, { email: emailOf(of) });

const usersLeft = async () => (await listUsers(administrator, { limit: 50 })).users.map(({ name }) => name).sort();

describe('an account is not deleted', () => {
  it('of the only owner of an organization with other members, until another member is an owner', async () => {
    const ben = await newOwner('Ben');
    const { memberId } = await createMember(ben, { name: 'Cy', role: 'operator' });
    const refused = {
      code: 'last-owner',
      message:
        'You are the only owner of Ben’s, which has other members. First make another member an owner, or delete the organization.',
    };
    expect((await previewOwnDeletion(ben)).refusal).toEqual({ code: refused.code, detail: refused.message });
    await expect(quit(ben)).rejects.toMatchObject(refused);
    await expect(remove(administrator, ben)).rejects.toMatchObject({
      code: 'last-owner',
      message: expect.stringMatching(/^Ben is the only owner of Ben’s/),
    });
    expect(await usersLeft()).toEqual(['Ana', 'Ben', 'Cy']);
    await pool().query("update member set role = 'owner' where id = $1", [memberId]);
    await quit(ben);
    expect(await usersLeft()).toEqual(['Ana', 'Cy']);
  });

  it('of the only owner of an organization with a job', async () => {
    const ben = await newOwner('Ben');
    await createJob(ben, { type: 'diagnostic', data: {} });
    await expect(quit(ben)).rejects.toMatchObject({
      code: 'last-owner',
      message: expect.stringContaining('which has batches or jobs. First invite somebody as an owner, or delete'),
    });
  });

  it('of the only system administrator who can sign in', async () => {
    const { userId } = await createMember(administrator, { name: 'Ben' });
    const { rows } = await pool().query<{ id: string }>(
      `insert into "user" (id, name, email, system_admin, updated_at) values ($1, 'Nowhere', 'n@example.org', true, now()) returning id`,
      [newId()],
    );
    expect(rows).toHaveLength(1);
    await expect(quit(administrator)).rejects.toMatchObject({
      code: 'last-system-administrator',
      message: expect.stringContaining('npm run admin -- make-system-administrator'),
    });
    await pool().query('update "user" set system_admin = true where id = $1', [userId]);
    await quit(administrator);
  });

  it('without its e-mail address', async () => {
    const ben = await newOwner('Ben');
    await expect(quit(ben, 'ana@example.org')).rejects.toMatchObject({ code: 'invalid-data' });
    expect(await usersLeft()).toEqual(['Ana', 'Ben']);
  });

  it('by an API key as its own, by somebody else, or long after the sign-in', async () => {
    const ben = await newOwner('Ben');
    const rights = { role: 'owner', seesPayloads: true, systemAdmin: true } as const;
    const key: Context = { ...ben, actor: { kind: 'key', id: newId(), name: 'nightly', ...rights } };
    await expect(quit(key)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(previewOwnDeletion(key)).rejects.toMatchObject({ code: 'forbidden' });
    for (const refused of [remove(ben, ben), previewDeletion(ben, ben.actor.id), listUsers(ben, { limit: 5 })]) {
      await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    }
    const old = await createSession(ben, { minutes: 11 });
    await expect(quit(old)).rejects.toMatchObject({ code: 'reauthentication-required' });
    expect(await usersLeft()).toEqual(['Ana', 'Ben']);
    await quit(await createSession(ben));
    await expect(remove(administrator, ben)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('twice at once, where two are the last owners of an organization', async () => {
    const ben = await newOwner('Ben');
    const { context: cy } = await createMember(ben, { name: 'Cy' });
    const both = await Promise.allSettled([quit(ben), quit(cy)]);
    // The one who is left has no other member and no work, so the organization may go with them.
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    await createMember(administrator, { name: 'Ben' });
    const dora = await newOwner('Dora');
    await createJob(dora, { type: 'diagnostic', data: {} });
    const { context: eli } = await createMember(dora, { name: 'Eli' });
    const second = await Promise.allSettled([quit(dora), quit(eli)]);
    expect(second.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('with an account', () => {
  it('goes an organization that has nobody else and no work, with its keys', async () => {
    const ben = await newOwner('Ben');
    await createApiKey(ben, { name: 'of the empty one', role: 'viewer' });
    await join(ben, administrator.organizationId, 'admin');
    const { apiKey } = await createApiKey(
      { ...ben, organizationId: administrator.organizationId },
      { name: 'kept', role: 'viewer' },
    );
    const preview = await previewDeletion(administrator, ben.actor.id);
    expect(preview).toMatchObject({
      user: { id: ben.actor.id, name: 'Ben' },
      refusal: null,
      organizations: [
        { id: ben.organizationId, role: 'owner', deleted: true },
        { id: administrator.organizationId, role: 'admin', deleted: false },
      ],
      apiKeys: [{ id: apiKey.id, name: 'kept', organization: { id: administrator.organizationId } }],
    });
    await remove(administrator, ben);
    const { rows } = await pool().query(
      `select (select deleting_at is not null from organization where id = $1) as deleting,
         (select count(*)::int from api_key where revoked_at is not null) as revoked,
         (select count(*)::int from audit where action = 'organization.delete' and organization_id = $1) as entries`,
      [ben.organizationId],
    );
    expect(rows).toEqual([{ deleting: true, revoked: 1, entries: 1 }]);
  });

  it('go open invitations and links, and the same address can be invited anew at once', async () => {
    const { context: ben, email } = await createMember(administrator, { name: 'Ben' });
    const elsewhere = await newOwner('Cy');
    await createInvitation(elsewhere, { email, role: 'viewer', seesPayloads: true });
    await remove(administrator, ben);
    expect((await pool().query('select from invitation where email = $1', [email])).rowCount).toBe(0);
    await createInvitation(elsewhere, { email, role: 'viewer', seesPayloads: true });
    expect((await pool().query('select from invitation where email = $1', [email])).rowCount).toBe(1);
  });
});

it('the list of people has those of all organizations and of none, in pages', async () => {
  const ben = await newOwner('Ben');
  await pool().query(
    `insert into "user" (id, name, email, updated_at) values ($1, 'Nowhere', 'n@example.org', now())`,
    [newId()],
  );
  const first = await listUsers(administrator, { limit: 2 });
  const second = await listUsers(administrator, { limit: 2, cursor: first.nextCursor ?? '' });
  expect([...first.users, ...second.users].map(({ name, organizations }) => [name, organizations.length])).toEqual([
    ['Nowhere', 0],
    ['Ben', 1],
    ['Ana', 1],
  ]);
  expect(second.nextCursor).toBeNull();
  const { users } = await listUsers(administrator, { limit: 5, q: ' BEN ' });
  expect(users).toMatchObject([{ id: ben.actor.id, organizations: [{ id: ben.organizationId, role: 'owner' }] }]);
});
