import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { type Context, may } from '@/lib/domain/context';
import { asMember, createContext } from '@/lib/testing/factories';
import { authenticateKey } from './authenticate-key';
import { createApiKey } from './create-api-key';
import { listApiKeys } from './list-api-keys';
import { credentialKey, listValidCredentials } from './list-valid-credentials';
import { renameApiKey } from './rename-api-key';
import { revokeApiKey } from './revoke-api-key';
import { rotateApiKey } from './rotate-api-key';

let owner: Context;

beforeEach(async () => {
  owner = await createContext();
});

const keyOf = async (key: string): Promise<Context> => {
  const context = await authenticateKey(key);
  if (!context) throw new Error('the key is not valid');
  return context;
};
const entries = async (action: string) => {
  const { rows } = await pool().query(
    'select target_name, before, after from audit where organization_id = $1 and action = $2 order by id',
    [owner.organizationId, action],
  );
  return rows;
};

describe('a key with scopes', () => {
  test('may do what its scopes say and nothing else', async () => {
    const { key, apiKey } = await createApiKey(owner, { name: 'reader', scopes: ['batch.see', 'batch.launch'] });
    expect(apiKey).toMatchObject({ role: 'operator', scopes: ['batch.see', 'batch.launch'], systemAdmin: false });
    const context = await keyOf(key);
    expect(may(context, 'batch.launch')).toBe(true);
    expect(may(context, 'job.see')).toBe(false);
    expect(may(context, 'limit.update')).toBe(false);
  });

  test('has rights over all organizations only if its maker has them', async () => {
    const { key } = await createApiKey(owner, { name: 'limits', scopes: ['limit.see', 'limit.update'] });
    expect(may(await keyOf(key), 'limit.update')).toBe(true);
    expect(may(await keyOf(key), 'board.use')).toBe(false);
    const admin = asMember(owner, 'admin');
    await expect(createApiKey(admin, { name: 'limits', scopes: ['limit.update'] })).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You may not create a key that may do more than you: limit.update.',
    });
  });
});

describe('a key never has more than its maker', () => {
  test('neither a higher role nor more scopes, also when a key makes it', async () => {
    const admin = asMember(owner, 'admin');
    await expect(createApiKey(admin, { name: 'x', role: 'owner' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(createApiKey(admin, { name: 'x', scopes: ['member.update'] })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const maker = await createApiKey(admin, { name: 'maker', scopes: ['api-key.create', 'batch.see'] });
    const context = await keyOf(maker.key);
    await expect(createApiKey(context, { name: 'x', role: 'viewer' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(createApiKey(context, { name: 'x', scopes: ['job.see'] })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const { apiKey } = await createApiKey(context, { name: 'child', scopes: ['batch.see'] });
    expect((await listApiKeys(owner)).find((one) => one.id === apiKey.id)?.createdBy).toEqual({
      id: maker.apiKey.id,
      name: 'maker',
    });
  });

  test('and sees no more contents of jobs', async () => {
    const admin = asMember(owner, 'admin');
    const blind: Context = { ...admin, actor: { ...admin.actor, seesPayloads: false } as Context['actor'] };
    expect((await createApiKey(blind, { name: 'x' })).apiKey).toMatchObject({ role: 'operator', seesPayloads: false });
    await expect(createApiKey(blind, { name: 'x', seesPayloads: true })).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You may not create a key that may do more than you: seeing the contents of jobs.',
    });
    const { key } = await createApiKey(admin, { name: 'x', seesPayloads: false });
    expect((await keyOf(key)).actor).toMatchObject({ seesPayloads: false });
  });
});

describe('a rotation', () => {
  test('gives the same key another value; the old one works for the overlap and no longer', async () => {
    const { key: old, apiKey } = await createApiKey(owner, { name: 'ci', role: 'admin' });
    const rotated = await rotateApiKey(owner, apiKey.id, { overlapSeconds: 3600 });
    expect(rotated.apiKey).toMatchObject({ id: apiKey.id, role: 'admin', start: rotated.key.slice(0, 8) });
    expect(Date.parse(rotated.apiKey.previousUntil ?? '')).toBeGreaterThan(Date.now());
    expect((await keyOf(old)).actor.id).toBe(apiKey.id);
    expect((await keyOf(rotated.key)).actor.id).toBe(apiKey.id);
    const again = await rotateApiKey(owner, apiKey.id, { overlapSeconds: 0 });
    expect(again.apiKey.previousUntil).toBeNull();
    expect(await authenticateKey(old)).toBeNull();
    expect(await authenticateKey(rotated.key)).toBeNull();
    expect((await keyOf(again.key)).actor.id).toBe(apiKey.id);
    expect(await entries('api-key.rotate')).toEqual([
      { target_name: 'ci', before: null, after: { overlapSeconds: 3600 } },
      { target_name: 'ci', before: null, after: { overlapSeconds: 0 } },
    ]);
  });

  test('ends the event streams of a value that does not work any more, and no others', async () => {
    const { key: old, apiKey } = await createApiKey(owner, { name: 'ci' });
    const use = async (key: string) => {
      const { credential, organizationId } = await keyOf(key);
      if (!credential) throw new Error('a key is a credential');
      return { credential, organizationId, role: 'operator', seesPayloads: true };
    };
    const first = await use(old);
    const isValid = async (one: Awaited<ReturnType<typeof use>>) =>
      (await listValidCredentials([one])).has(credentialKey(one));
    expect(await isValid(first)).toBe(true);
    const { key } = await rotateApiKey(owner, apiKey.id, { overlapSeconds: 60 });
    const second = await use(key);
    expect([await isValid(first), await isValid(second)]).toEqual([true, true]);
    await rotateApiKey(owner, apiKey.id, { overlapSeconds: 60 });
    expect([await isValid(first), await isValid(second)]).toEqual([false, true]);
  });

  test('is refused to those who may do less than the key, who may still revoke it', async () => {
    const admin = asMember(owner, 'admin');
    const { apiKey } = await createApiKey(owner, { name: 'first', role: 'owner' });
    await expect(rotateApiKey(admin, apiKey.id, { overlapSeconds: 0 })).rejects.toMatchObject({ code: 'forbidden' });
    await revokeApiKey(admin, apiKey.id);
    await expect(rotateApiKey(owner, apiKey.id, { overlapSeconds: 0 })).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('keys are listed with who made them, and can be renamed', async () => {
  const { apiKey } = await createApiKey(owner, { name: 'ci', expiresAt: '2999-01-01T00:00:00Z' });
  await renameApiKey(owner, apiKey.id, 'nightly');
  expect(await listApiKeys(owner)).toEqual([
    {
      ...apiKey,
      name: 'nightly',
      expiresAt: '2999-01-01T00:00:00.000Z',
      createdBy: { id: owner.actor.id, name: null },
    },
  ]);
  expect(await entries('api-key.update')).toEqual([
    { target_name: 'nightly', before: { name: 'ci' }, after: { name: 'nightly' } },
  ]);
  const stranger = await createContext();
  await expect(renameApiKey(stranger, apiKey.id, 'mine')).rejects.toMatchObject({ code: 'not-found' });
  await expect(renameApiKey(asMember(owner), apiKey.id, 'mine')).rejects.toMatchObject({ code: 'forbidden' });
});
