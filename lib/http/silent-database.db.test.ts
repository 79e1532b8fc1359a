import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServiceProxy, startProxy } from '@/lib/testing/services/proxy';

let proxy: ServiceProxy;

beforeAll(async () => {
  const url = process.env.DATABASE_URL ?? '';
  proxy = await startProxy(url);
  process.env.DATABASE_URL = proxy.through(url);
});

afterAll(() => proxy.cut());

/** Imports late, because these modules read the environment when they are imported. */
async function ask(db: string): Promise<Response> {
  const [{ pool }, { route }] = await Promise.all([import('@/lib/db/pool'), import('./route')]);
  const handler = route({ auth: 'none' }, async () => ({ rows: (await pool().query(db)).rowCount }));
  return handler(new Request('http://127.0.0.1/api/anything'), { params: Promise.resolve({}) });
}

test('a slow statement is waited for while the database answers', async () => {
  const answer = await ask('select pg_sleep(7)');
  expect(answer.status).toBe(200);
});

test('a request is answered with 503 when the database accepts connections and does not respond', async () => {
  expect((await ask('select 1')).status).toBe(200);
  proxy.delayMs = 3_600_000;
  const answer = await ask('select 1');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).not.toBeNull();
  expect(await answer.json()).toMatchObject({ code: 'unavailable', status: 503 });
});
