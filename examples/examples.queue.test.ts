import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import type { Context } from '@/lib/domain/context';
import type { Handler } from '@/lib/http/route';
import { createContext } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { EXAMPLES } from './catalogue';

let context: Context;
let key: string;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  ({ key } = await createApiKey(context, { name: 'examples', role: 'admin' }));
  workers = await startWorkers();
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

/** The same calls as over the network, through the very route files. */
async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const [address = '', query = ''] = path.split('?');
  const id = /[0-9a-f-]{36}/.exec(address)?.[0];
  const file = join(process.cwd(), 'app', address.replace(id ?? ' ', '[id]'), 'route.ts');
  const handler = ((await import(file)) as Record<string, Handler>)[method];
  if (!handler) throw new Error(`${method} is not in ${file}`);
  const request = new Request(`http://localhost${address}?${query}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await handler(request, { params: Promise.resolve({ id }) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

// Side by side: most of their time is waiting.
test.concurrent.each(Object.entries(EXAMPLES))('%s ends with the expected totals', async (_, run) => {
  const lines: string[] = [];
  await run({ call, context, say: (line) => lines.push(line) });
  expect(lines.length).toBeGreaterThan(2);
});

test('every example is in the catalogue, and the guide names each', async () => {
  const files = readdirSync(join(process.cwd(), 'examples')).filter((f) => /^[a-z-]+\.ts$/.test(f));
  const names = files.map((f) => f.replace(/\.ts$/, '')).filter((f) => f !== 'catalogue' && f !== 'main');
  expect(names.sort()).toEqual(Object.keys(EXAMPLES).sort());
  const guide = await readFile('docs/programming-models.md', 'utf8');
  for (const name of names) expect(guide).toContain(`\`${name}\``);
});
