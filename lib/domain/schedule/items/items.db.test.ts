import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { env } from '@/lib/config/env';
import { parseOutboundRules } from '@/lib/config/outbound';
import { createScheduleBody } from '@/lib/contracts/schedule';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { fireDue } from '@/lib/domain/schedule/firing/fire-due';
import { launchFirings } from '@/lib/domain/schedule/firing/launch-firing';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { asMember, createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { createHourly, firingsOf, makeDue } from '@/lib/testing/schedules';
import { previewItems } from './preview-items';

let context: Context;
let server: Server;
let url: string;
let answer: { status: number; body: string; headers?: Record<string, string> };
let requests = 0;

beforeAll(async () => {
  Object.assign(env(), { OUTBOUND_ALLOW: parseOutboundRules('127.0.0.1') });
  server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    requests += 1;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/items.csv`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
  answer = { status: 200, body: 'durationMs,payload\n1,a\n2,b\n' };
  requests = 0;
});

const batchOf = (source: object) => ({ launch: { batch: { name: 'again', type: 'diagnostic', ...source } } });

async function fire(id: string): Promise<void> {
  await makeDue(id, 1);
  await fireDue();
  await launchFirings();
}

/** The inputs of what a firing launched, in their order. */
async function inputsOf(batchId: string | undefined): Promise<unknown[]> {
  const { rows } = await pool().query('select data from job where batch_id = $1 order by item_index', [batchId]);
  return rows.map(({ data }) => data);
}

/** Jobs that were made a while ago. */
async function seedOld(owner: Context, statuses: Parameters<typeof seedBatch>[1]['statuses'], payload: unknown) {
  const { batchId } = await seedBatch(owner, { statuses, data: { payload } });
  await pool().query(`update job set created_at = now() - interval '10 minutes' where batch_id = $1`, [batchId]);
  return batchId;
}

/** Undoes the note of the launches, as if the process had died before it was stored. */
const forget = () => pool().query(`update schedule_firing set status = 'queued', batch_id = null, fired_at = null`);

describe('items from an address', () => {
  it('are fetched anew by each firing, and read as any table', async () => {
    const id = await createHourly(context, { overlap: 'allow', ...batchOf({ url }) });
    expect(await getSchedule(context, id)).toMatchObject({ launches: { count: null, from: 'url', fileId: null } });
    expect(requests).toBe(0);
    await fire(id);
    const headers = { 'content-disposition': 'attachment; filename="items.jsonl"' };
    answer = { status: 200, headers, body: '{"payload":"c"}\n{"payload":"d"}\n' };
    await fire(id);
    const [first, second] = await firingsOf(context, id);
    expect(await inputsOf(first?.batchId)).toMatchObject([
      { durationMs: 1, payload: 'a' },
      { durationMs: 2, payload: 'b' },
    ]);
    expect(await inputsOf(second?.batchId)).toMatchObject([{ payload: 'c' }, { payload: 'd' }]);
  });

  it.each([
    ['an answer that is no file', { status: 404, body: '' }, 'answered 404'],
    ['a server with a fault', { status: 503, body: '' }, 'answered 503'],
    ['a page instead of a table', { status: 200, body: '<!doctype html><p>Sign in</p>' }, 'can’t be read'],
    ['a table without rows', { status: 200, body: 'durationMs,payload\n' }, 'at least one item'],
    ['rows that do not fit', { status: 200, body: 'durationMs\nsoon\n' }, '1 item does not fit diagnostic'],
    [
      'a redirect to a private address',
      { status: 302, body: '', headers: { location: 'http://10.0.0.1/x.csv' } },
      'may not be called',
    ],
  ])('that are %s make the firing fail with the reason', async (_, given, why) => {
    answer = given;
    const id = await createHourly(context, { pauseAfterFailures: 1, ...batchOf({ url }) });
    await fire(id);
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'failed', why: expect.stringContaining(why) }]);
    expect(await getSchedule(context, id)).toMatchObject({ paused: true, pausedWhy: 'The last run failed.' });
    expect((await pool().query('select 1 from batch')).rowCount).toBe(0);
  });

  it('that are too large make the firing fail', async () => {
    const before = env().MAX_UPLOAD_BYTES;
    Object.assign(env(), { MAX_UPLOAD_BYTES: 10 });
    try {
      const id = await createHourly(context, batchOf({ url }));
      await fire(id);
      expect(await firingsOf(context, id)).toMatchObject([
        { status: 'failed', why: expect.stringContaining('larger than the limit') },
      ]);
    } finally {
      Object.assign(env(), { MAX_UPLOAD_BYTES: before });
    }
  });

  it('that can’t be fetched leave the earlier run alone, although the schedule replaces it', async () => {
    const id = await createHourly(context, { overlap: 'replace', ...batchOf({ url }) });
    await fire(id);
    answer = { status: 500, body: '' };
    await fire(id);
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'launched', outcome: null }, { status: 'failed' }]);
  });

  it.each(['http://169.254.169.254/latest', 'http://10.1.2.3/a.csv', 'file:///etc/passwd'])(
    'of %s are refused when the schedule is stored',
    async (address) => {
      const refused = { code: 'invalid-items', errors: [{ path: 'launch.batch.url' }] };
      await expect(createHourly(context, batchOf({ url: address }))).rejects.toMatchObject(refused);
      await expect(previewItems(context, { type: 'diagnostic', url: address })).rejects.toMatchObject({
        code: 'invalid-items',
      });
    },
  );

  it('are launched once, although the process dies between the launch and its note, and are not fetched again', async () => {
    const id = await createHourly(context, batchOf({ url }));
    await fire(id);
    const [{ batchId } = {}] = await firingsOf(context, id);
    await forget();
    answer = { status: 500, body: '' };
    await launchFirings();
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'launched', batchId }]);
    expect([requests, (await pool().query('select 1 from batch')).rowCount]).toEqual([1, 1]);
  });

  it('are counted for a preview, or refused as a launch would', async () => {
    expect(await previewItems(context, { type: 'diagnostic', url })).toEqual({ items: { count: 2, more: false } });
    answer.body = 'durationMs\nsoon\n';
    await expect(previewItems(context, { type: 'diagnostic', url })).rejects.toMatchObject({ code: 'invalid-items' });
    answer.body = `payload\n${'x\n'.repeat(10_005)}`;
    expect(await previewItems(context, { type: 'diagnostic', url })).toEqual({ items: { count: 10_000, more: true } });
  });
});

describe('items from a query', () => {
  it('are the inputs of the jobs of the type that match at the due time, oldest first', async () => {
    await seedOld(context, ['failed', 'completed'], 'first');
    const id = await createHourly(context, batchOf({ query: 'status:failed created:>1h' }));
    await seedOld(context, ['failed'], 'second');
    await seedOld(await createContext(), ['failed'], 'of others');
    const { batchId: other } = await seedBatch(context, { type: 'http-call', statuses: ['failed'] });
    await pool().query(`update job set created_at = now() - interval '10 minutes' where batch_id = $1`, [other]);
    const late = await seedBatch(context, { statuses: ['failed'], data: { payload: 'made after the due time' } });
    await pool().query(`update job set created_at = now() + interval '1 minute' where batch_id = $1`, [late.batchId]);
    await fire(id);
    const [firing] = await firingsOf(context, id);
    expect(firing).toMatchObject({ status: 'launched' });
    expect(await inputsOf(firing?.batchId)).toMatchObject([{ payload: 'first' }, { payload: 'second' }]);
    expect(await getSchedule(context, id)).toMatchObject({ launches: { count: null, from: 'query' } });
  });

  it('are found again by their contents, although the schedule sees less than its maker', async () => {
    await setRedaction(context, { paths: ['data.payload.email'], patterns: [] });
    await seedOld(context, ['failed'], { email: 'ana@mail.example' });
    const id = await createHourly(context, batchOf({ query: 'data.payload.email:ana@mail.example' }));
    await fire(id);
    const [firing] = await firingsOf(context, id);
    expect(await inputsOf(firing?.batchId)).toMatchObject([{ payload: { email: 'ana@mail.example' } }]);
  });

  it('skip the firing if nothing matches, which is no failure', async () => {
    const id = await createHourly(context, {
      pauseAfterFailures: 1,
      overlap: 'replace',
      ...batchOf({ query: 'status:failed' }),
    });
    await seedOld(context, ['completed'], 'fine');
    await fire(id);
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'skipped', why: 'Nothing matched the query.' }]);
    expect(await getSchedule(context, id)).toMatchObject({ paused: false });
  });

  it('are launched once, although the process dies between the launch and its note', async () => {
    await seedOld(context, ['failed', 'failed'], 'first');
    const id = await createHourly(context, batchOf({ query: 'status:failed' }));
    await makeDue(id, 1);
    await fireDue();
    // Another process launches what this one has only decided on.
    await Promise.all([launchFirings(), launchFirings()]);
    const [{ batchId } = {}] = await firingsOf(context, id);
    await forget();
    await pool().query(`update job set status = 'completed' where status = 'failed'`);
    await launchFirings();
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'launched', batchId }]);
    expect(await inputsOf(batchId)).toHaveLength(2);
  });

  it('are bounded, and the firing says so', async () => {
    const before = env().MAX_BATCH_ITEMS;
    Object.assign(env(), { MAX_BATCH_ITEMS: 2 });
    try {
      await seedOld(context, ['failed', 'failed', 'failed'], 'many');
      const id = await createHourly(context, batchOf({ query: 'status:failed' }));
      await fire(id);
      const [firing] = await firingsOf(context, id);
      expect(firing).toMatchObject({ status: 'launched', why: expect.stringContaining('The newest 2 were launched') });
      expect(await inputsOf(firing?.batchId)).toHaveLength(2);
    } finally {
      Object.assign(env(), { MAX_BATCH_ITEMS: before });
    }
  });

  it('need somebody who may see the contents of what is found', async () => {
    const blind = { ...context, actor: { ...context.actor, seesPayloads: false } } as Context;
    const make = (who: Context) => createHourly(who, batchOf({ query: 'status:failed' }));
    await expect(make(blind)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(previewItems(blind, { type: 'diagnostic', query: 'status:failed' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await make(asMember(context));
    await setRedaction(context, { paths: ['data.payload'], patterns: [] });
    await expect(make(asMember(context))).rejects.toMatchObject({ code: 'forbidden' });
    await make(context);
  });

  it('are hidden in the schedule from who may not see contents', async () => {
    const id = await createHourly(context, batchOf({ query: 'data.payload:secret-value' }));
    const blind = { ...context, actor: { ...context.actor, seesPayloads: false } } as Context;
    expect(JSON.stringify(await getSchedule(blind, id))).not.toContain('secret-value');
  });

  it('of a query that can’t be understood are refused at its place', async () => {
    await expect(createHourly(context, batchOf({ query: 'state:failed' }))).rejects.toMatchObject({
      code: 'invalid-query',
      errors: [{ at: 0, length: 5 }],
    });
  });

  it('are counted for a preview, with what the query will find again', async () => {
    await seedBatch(context, { statuses: ['failed', 'failed', 'completed'] });
    const preview = (query: string) => previewItems(context, { type: 'diagnostic', query });
    expect(await preview('status:failed created:>1d')).toEqual({ items: { count: 2, more: false } });
    expect(await preview('status:failed')).toEqual({
      items: { count: 2, more: false, note: expect.stringContaining('created:>1d') },
    });
    expect(await preview('created:>1d status:cancelled')).toEqual({ items: { count: 0, more: false } });
  });
});

it('a batch has one source of items', () => {
  const parse = (source: object) =>
    createScheduleBody.safeParse({ name: 'n', everySeconds: 60, ...batchOf(source) }).success;
  expect(parse({ url })).toBe(true);
  expect(parse({ query: 'status:failed' })).toBe(true);
  expect(parse({ query: ' ' })).toBe(false);
  expect(parse({ url, query: 'status:failed' })).toBe(false);
  expect(parse({})).toBe(false);
});
