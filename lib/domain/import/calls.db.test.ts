import { beforeEach, expect, it } from 'vitest';
import type { Mapping } from '@/lib/contracts/import';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { bring, workOn } from '@/lib/testing/imports';
import { changeImport } from './change-import';
import { checkImport } from './check-import';

beforeEach(truncateAll);

const SITES =
  'verb,site,tenant\nGET,https://a.example/x,one\nPOST,https://b.example:8443/,two\nGET,https://a.example/y,one\n';
const site: Mapping[string] = { from: 'column', column: 'site' };

async function callsOf(mapping: Mapping, type = 'bulk-operation') {
  const context = await createContext();
  const { id } = await bring(context, 'sites.csv', SITES, { type });
  await changeImport(context, id, { mapping });
  await checkImport(context, id);
  const { calls } = await workOn(context, id);
  const { import: changed } = await changeImport(context, id, { mapping });
  expect(changed.calls).toBeNull();
  return calls;
}

it.each<[string, Mapping, object]>([
  [
    'addresses of the rows',
    { url: site, method: { from: 'column', column: 'verb' } },
    { methods: ['GET', 'POST'], hosts: 2, host: null, unknown: 0 },
  ],
  [
    'one address with a value and a secret in its path',
    {
      url: { from: 'constant', value: 'https://api.example.com/{{t}}?key={{secret:KEY}}' },
      values: { from: 'template', template: '{"t":"{{tenant}}"}' },
    },
    { methods: ['GET'], hosts: 1, host: 'api.example.com', unknown: 0 },
  ],
  [
    'a host that is a secret',
    { url: { from: 'constant', value: 'https://{{secret:HOST}}/x' } },
    { methods: [], hosts: 0, host: null, unknown: 3 },
  ],
  [
    'what is no address',
    { url: { from: 'constant', value: 'nowhere' } },
    { methods: [], hosts: 0, host: null, unknown: 3 },
  ],
])('the check of every row tells of %s what they call', async (_, mapping, calls) => {
  expect(await callsOf(mapping)).toEqual(calls);
});

it('rows of other types call nothing', async () => {
  expect(await callsOf({ payload: site }, 'diagnostic')).toBeNull();
});
