import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { pool } from '@/lib/db';
import { type Context, systemContext } from '@/lib/domain/context';
import { createContext } from '@/lib/testing';
import { createSecret, deleteSecret, listSecrets, mayGoTo, openSecrets } from './index';

const body = { name: 'API_KEY', value: 'hunter2-hunter2', hosts: ['api.example.org'], replace: false };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );

it('keeps a value that only work can read', async () => {
  const context = await createContext();
  const secret = await createSecret(context, body);
  expect(secret).toMatchObject({ name: 'API_KEY', hosts: ['api.example.org'] });
  expect(JSON.stringify([secret, await listSecrets(context)])).not.toContain('hunter2');
  expect(await openSecrets(systemContext(context.organizationId), ['API_KEY', 'OTHER'])).toEqual([
    { name: 'API_KEY', value: body.value, hosts: body.hosts },
  ]);
  expect(await codeOf(openSecrets(context, ['API_KEY']))).toBe('forbidden');
  const { rows } = await pool().query('select s::text from secret s union all select a::text from audit a');
  expect(JSON.stringify(rows)).not.toContain('hunter2');
  expect(JSON.stringify(rows)).not.toContain(Buffer.from('hunter2').toString('hex'));
});

it('is replaced only when told to', async () => {
  const context = await createContext();
  await createSecret(context, body);
  expect(await codeOf(createSecret(context, { ...body, value: 'another-value' }))).toBe('name-in-use');
  await createSecret(context, { ...body, value: 'another-value', replace: true });
  expect((await openSecrets(systemContext(context.organizationId), ['API_KEY']))[0]?.value).toBe('another-value');
});

it('belongs to its organisation, and to administrators', async () => {
  const [owner, stranger] = [await createContext(), await createContext()];
  const { id } = await createSecret(owner, body);
  const member: Context = { ...owner, actor: { ...owner.actor, role: 'member' } };
  expect(await listSecrets(stranger)).toEqual([]);
  expect(await openSecrets(systemContext(stranger.organizationId), ['API_KEY'])).toEqual([]);
  expect(await codeOf(deleteSecret(stranger, id))).toBe('not-found');
  expect(await codeOf(deleteSecret(member, id))).toBe('forbidden');
  expect(await codeOf(createSecret(member, body))).toBe('forbidden');
  expect(await codeOf(deleteSecret(owner, randomUUID()))).toBe('not-found');
  expect(await listSecrets(member)).toHaveLength(1);
  await deleteSecret(owner, id);
  expect(await listSecrets(owner)).toEqual([]);
});

it('can’t be read from a row that it was moved to', async () => {
  const [owner, thief] = [await createContext(), await createContext()];
  const { id } = await createSecret(owner, body);
  await pool().query('update secret set organization_id = $1 where id = $2', [thief.organizationId, id]);
  expect(await codeOf(openSecrets(systemContext(thief.organizationId), ['API_KEY']))).toBe('unavailable');
});

it.each([
  [['api.example.org'], 'api.example.org', true],
  [['api.example.org'], 'evil.api.example.org', false],
  [['*.example.org'], 'a.b.example.org', true],
  [['*.example.org'], 'example.org', false],
  [['*.example.org'], 'evilexample.org', false],
  [['*'], 'anything.test', true],
  [['a.test', 'b.test'], 'b.test', true],
])('hosts %j and %s: %s', (hosts, host, may) => {
  expect(mayGoTo({ name: 'A', value: 'v', hosts }, host)).toBe(may);
});
