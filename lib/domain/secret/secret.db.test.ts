import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSecretBody } from '@/lib/contracts/secret';
import { pool } from '@/lib/db/pool';
import { systemContext } from '@/lib/domain/context';
import { asMember, createContext } from '@/lib/testing/factories';
import { createSecret } from './create-secret';
import { deleteSecret } from './delete-secret';
import { listSecrets } from './list-secrets';
import { mayBeTakenTo, mayGoTo, openSecrets } from './open-secrets';

const body = { name: 'API_KEY', value: 'hunter2-hunter2', hosts: ['api.example.org'], replace: false };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );

it('stores a value that only jobs can read', async () => {
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

it('is replaced only on request', async () => {
  const context = await createContext();
  await createSecret(context, body);
  expect(await codeOf(createSecret(context, { ...body, value: 'another-value' }))).toBe('name-in-use');
  await createSecret(context, { ...body, value: 'another-value', replace: true });
  expect((await openSecrets(systemContext(context.organizationId), ['API_KEY']))[0]?.value).toBe('another-value');
});

it('belongs to its organization, and is managed by administrators', async () => {
  const [owner, stranger] = [await createContext(), await createContext()];
  const { id } = await createSecret(owner, body);
  const member = asMember(owner);
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

it('cannot be read from a row that it was moved to', async () => {
  const [owner, thief] = [await createContext(), await createContext()];
  const { id } = await createSecret(owner, body);
  await pool().query('update secret set organization_id = $1 where id = $2', [thief.organizationId, id]);
  expect(await codeOf(openSecrets(systemContext(thief.organizationId), ['API_KEY']))).toBe('unavailable');
});

it.each([
  [['api.example.org'], 'https://api.example.org/x', true],
  [['api.example.org'], 'http://api.example.org/x', false],
  [['api.example.org'], 'https://api.example.org:8443/x', false],
  [['api.example.org'], 'https://evil.api.example.org/', false],
  [['http://127.0.0.1:9911'], 'http://127.0.0.1:9911/', true],
  [['http://127.0.0.1:9911'], 'http://127.0.0.1:9912/', false],
  [['http://127.0.0.1:9911'], 'https://127.0.0.1:9911/', false],
  [['http://127.0.0.1:9911'], 'http://localhost:9911/', false],
  [['https://API.example.org/'], 'https://api.example.org./', true],
  [['*.example.org'], 'https://a.b.example.org/', true],
  [['*.example.org'], 'http://a.example.org/', false],
  [['*.example.org'], 'https://example.org/', false],
  [['*.example.org'], 'https://evilexample.org/', false],
  [['https://*.example.org:8443'], 'https://a.example.org:8443/', true],
  [['*'], 'http://anything.test:81/', true],
  [['a.test', 'b.test'], 'https://b.test/', true],
  [['::1'], 'https://[::1]/', true],
  [['http://[0:0::1]:9911'], 'http://[::1]:9911/', true],
  [['https://b\u00fccher.example'], 'https://xn--bcher-kva.example/', true],
  [['no origin at all'], 'https://no.test/', false],
])('accepts the origins %j and %s: %s', (hosts, url, may) => {
  expect(mayGoTo({ name: 'A', value: 'v', hosts }, new URL(url))).toBe(may);
});

it('is sent by a redirect only to origins that it names', () => {
  const url = new URL('https://api.example.org/');
  const to = (hosts: string[]) => mayBeTakenTo({ name: 'A', value: 'v', hosts }, url);
  expect([to(['*']), to(['*', 'https://api.example.org']), to(['*.example.org']), to(['https://other.test'])]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it.each([
  ['ftp://a.test', /only http and https/],
  ['https://a.test/path', /has a path/],
  ['https://a.test?x', /has a path/],
  ['https://u:p@a.test', /name or password/],
  ['a.test:8443', /names a port without its scheme: write https:\/\/a.test:8443/],
  ['https://a.test:99999', /does not exist/],
  ['https://a.test:0', /does not exist/],
  ['https://', /is no origin/],
  ['a b', /is no origin/],
  ['a.*.test', /is no origin/],
  ['', /is no origin/],
])('%j is refused as an origin', (host, message) => {
  const parsed = createSecretBody.safeParse({ name: 'A', value: 'long enough', hosts: [host] });
  expect(parsed.error?.issues).toMatchObject([{ path: ['hosts', 0], message: expect.stringMatching(message) }]);
});
