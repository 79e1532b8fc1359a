import { afterEach, expect, it } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { getLimits, setLimits } from '@/lib/domain/organization/limits/limits';
import { createContext } from '@/lib/testing/factories';
import { until } from '@/lib/testing/until';
import { hub } from './hub';
import { openStream } from './open-stream';

const streams: Response[] = [];

afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.body?.cancel()));
});

async function open(context: Context, query = '', init: RequestInit = {}): Promise<Response> {
  const stream = await openStream(context, new Request(`http://localhost/api/events${query}`, init));
  streams.push(stream);
  return stream;
}

/** Opens many at once. @returns how many were opened, and the codes of the refusals */
async function openMany(context: Context, count: number) {
  const all = await Promise.allSettled(Array.from({ length: count }, () => open(context)));
  const refused = all.filter((one) => one.status === 'rejected').map((one) => (one.reason as { code: string }).code);
  return { opened: all.length - refused.length, refused: [...new Set(refused)] };
}

const used = async (context: Context) => (await getLimits(context)).used.streams;

it('the limit of each key holds when many streams are opened at once', async () => {
  const context: Context = { ...(await createContext()), credential: { kind: 'key', id: newId() } };
  expect(await openMany(context, 70)).toEqual({ opened: 50, refused: ['too-many-streams'] });
});

it('the limit of the organization holds when many streams are opened at once', async () => {
  const context = await createContext();
  await setLimits(context, { limits: { streams: 3 } });
  expect(await openMany(context, 10)).toEqual({ opened: 3, refused: ['limit-reached'] });
  expect(await used(context)).toBe(3);
});

it('a stream that is refused, or has ended, takes no place', async () => {
  const context = await createContext();
  await setLimits(context, { limits: { streams: 2 } });
  await expect(open(context, `?batchId=${newId()}`)).rejects.toMatchObject({ code: 'not-found' });
  await until('the refused stream is not counted', async () => (await used(context)) === 0);
  const stream = await open(context);
  expect(await used(context)).toBe(1);
  await stream.body?.cancel();
  await until('the ended stream is not counted', async () => (await used(context)) === 0);
  expect(hub().countOf(context.organizationId)).toBe(0);
});

it('a client that disconnects while its stream is opened leaves nothing open', async () => {
  const context = await createContext();
  await setLimits(context, { limits: { streams: 2 } });
  const client = new AbortController();
  const opened = open(context, '', { signal: client.signal });
  client.abort();
  await opened;
  expect(hub().countOf(context.organizationId)).toBe(0);
  await until('it is not counted', async () => (await used(context)) === 0);
});

it('without a limit, nothing is written for a stream', async () => {
  const context = await createContext();
  await (await open(context)).body?.cancel();
  const { rows } = await pool().query('select 1 from open_stream where organization_id = $1', [context.organizationId]);
  expect(rows).toEqual([]);
});
