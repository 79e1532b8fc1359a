import { beforeAll, describe, expect, it } from 'vitest';
import { REDACTION_PATTERNS } from '@/lib/contracts/redaction-paths';
import { pool } from '@/lib/db/pool';
import { listBatches } from '@/lib/domain/batch/list-batches';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { listFlows } from '@/lib/domain/flow/list-flows';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { likelyHidden } from '@/lib/domain/redaction/patterns';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { Redactor } from '@/lib/domain/redaction/redactor';
import { asMember, createContext, seedBatch } from '@/lib/testing/factories';
import { Random } from '@/lib/testing/generate/random';

let context: Context;
let jobIds: string[];

const blind = (of: Context): Context => {
  const member = asMember(of, 'admin');
  return { ...member, actor: { ...member.actor, seesPayloads: false } as Context['actor'] };
};
const jobs = async (who: Context, query: string) =>
  (await listJobs(who, { query, limit: 100 })).jobs.map(({ id }) => id);

beforeAll(async () => {
  context = await createContext();
  ({ jobIds } = await seedBatch(context, {
    name: 'March',
    statuses: ['failed', 'completed', 'pending'],
    data: { customer: 'acme', payload: 'secret word' },
  }));
  await pool().query(
    `update job set name = 'a secret name', error = case when status = 'failed' then '{"message":"no secret"}'::json end,
       metadata = '{"tags":["nightly"]}' where id = any($1)`,
    [jobIds],
  );
});

describe('who does not see the contents of jobs', () => {
  it.each([
    'data.customer:acme',
    '-data.customer:acme',
    'result.a:1',
    'error:*secret*',
    'status:failed error:x',
    'reason:x code:y',
  ])('is refused %s', async (query) => {
    await expect(jobs(blind(context), query)).rejects.toMatchObject({ code: 'forbidden', status: 403 });
  });

  it('finds by words what names say, and nothing by contents', async () => {
    expect(await jobs(context, '"secret word"')).toHaveLength(3);
    expect(await jobs(blind(context), '"secret word"')).toEqual([]);
    expect(await jobs(blind(context), '"secret name"')).toHaveLength(3);
    expect(await jobs(blind(context), 'status:failed tag:nightly')).toEqual([jobIds[0]]);
    // What the negation leaves out would say what the contents are.
    expect(await jobs(blind(context), '-"secret word"')).toHaveLength(3);
  });

  it('finds no job by a name that its type makes of the input', async () => {
    await pool().query(`update job set type = 'document-processing' where id = $1`, [jobIds[1]]);
    expect(await jobs(blind(context), 'name:*secret*')).toHaveLength(2);
    expect(await jobs(context, 'name:*secret*')).toHaveLength(3);
  });

  it('is refused the reasons of batches and flows', async () => {
    for (const list of [listBatches, listFlows]) {
      await expect(list(blind(context), { query: 'error:*secret*', limit: 5 })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
  });
});

it('who sees the contents redacted is refused too, and finds names by words', async () => {
  await setRedaction(context, { paths: ['data.customer', 'metadata.tags'], patterns: [] });
  const operator = asMember(context);
  for (const query of ['data.customer:acme', 'error:*secret*', 'tag:nightly']) {
    await expect(jobs(operator, query), query).rejects.toMatchObject({ code: 'forbidden' });
  }
  expect(await jobs(operator, 'acme')).toEqual([]);
  expect(await jobs(context, 'acme')).toHaveLength(3);
  await setRedaction(context, { paths: [], patterns: [] });
});

describe('who sees a name redacted', () => {
  const NAMES = [
    'call ana@example.org',
    'card 4111 1111 1111 1111',
    'DE89 3704 0044 0532 0130 00',
    'ring +49 30 901820',
  ];
  const find = async (who: Context, query: { query: string } | { q: string }) => {
    const [b, f, j] = [
      await listBatches(who, { ...query, limit: 100 }),
      await listFlows(who, { ...query, limit: 100 }),
      await listJobs(who, { ...query, limit: 100 }),
    ];
    return [b.batches, f.flows, j.jobs].map((rows) => rows.map(({ name }) => name).sort());
  };

  it('does not find it by what is hidden, and finds others, also with a day in them', async () => {
    const own = await createContext();
    for (const name of [...NAMES, 'call of 2026-05-01']) {
      await seedBatch(own, { name, statuses: ['pending'] });
      await createFlows(own, { flow: { name, type: 'diagnostic', data: {} } });
    }
    await setRedaction(own, { paths: [], patterns: ['email', 'card', 'iban', 'phone'] });
    const operator = asMember(own);
    const parts = ['ana@example', '1111 1111', 'DE89', '+49'];
    for (const [i, part] of parts.entries()) {
      const name = NAMES[i] ?? '';
      for (const query of [
        { query: `name:"${name}"` },
        { query: `name:*"${part}"*` },
        { query: `"${part}"` },
        { q: part },
      ]) {
        expect((await find(own, query)).slice(0, 2), JSON.stringify(query)).toEqual([[name], [name]]);
        expect(await find(operator, query), JSON.stringify(query)).toEqual([[], [], []]);
      }
      expect((await listBatches(operator, { query: `batch:"${name}"`, limit: 9 })).batches).toEqual([]);
      expect((await listJobs(operator, { query: `batch:"${name}"`, limit: 9 })).jobs).toEqual([]);
      // What the negation leaves out says nothing either.
      expect((await listBatches(operator, { query: `-name:*"${part}"*`, limit: 9 })).batches).toHaveLength(5);
    }
    for (const query of [{ query: 'call' }, { query: 'name:"call of 2026-05-01"' }, { q: '2026' }]) {
      expect((await find(operator, query)).slice(0, 2), JSON.stringify(query)).toEqual([
        ['call of 2026-05-01'],
        ['call of 2026-05-01'],
      ]);
    }
    const { flows } = await listFlows(operator, { limit: 100 });
    expect(flows.map(({ name }) => name).filter((name) => NAMES.includes(name))).toEqual([]);
  });
});

it.each(REDACTION_PATTERNS)(
  'every name in which %s hides something counts as hidden to the database',
  async (pattern) => {
    const random = new Random(5);
    const letters = [...'0123456789012345678901234567890123456789 -./()+aBDE_é@\n'];
    const names = Array.from({ length: 30_000 }, (_, i) => {
      const text = Array.from({ length: random.whole(7, 30) }, () => random.pick(letters)).join('');
      return i % 2 === 0
        ? text
        : `DE${random.whole(10, 99)}${text.replaceAll(/[^0-9 ]/g, '')} x@y${random.pick(letters)}.org`;
    });
    const hidden = names.filter((name) => new Redactor({ paths: [], patterns: [pattern] }).text(name) !== name);
    expect(hidden.length).toBeGreaterThan(20);
    const { rows } = await pool().query('select n from unnest($1::text[]) n where n !~ $2', [
      hidden,
      likelyHidden([pattern]),
    ]);
    expect(rows).toEqual([]);
  },
);

it('nobody finds anything of another organization', async () => {
  const stranger = await createContext();
  const { batches } = await listBatches(context, { query: 'name:March', limit: 10 });
  expect(batches).toHaveLength(1);
  for (const query of [
    'status:failed',
    'data.customer:acme',
    `id:${jobIds[0]}`,
    `batch:${batches[0]?.id}`,
    'batch:March',
    'secret',
    '',
  ]) {
    expect(await jobs(stranger, query || 'name:*'), query).toEqual([]);
  }
  expect((await listBatches(stranger, { query: `id:${batches[0]?.id}`, limit: 10 })).batches).toEqual([]);
});

it('a query that cannot be understood is refused with the place of each problem', async () => {
  const failure = await jobs(context, 'status:bogus foo:1').catch((error) => error);
  expect(failure).toMatchObject({ code: 'invalid-query', status: 422 });
  expect(failure.errors).toEqual([
    { path: 'query', at: 7, length: 5, message: expect.stringContaining('status') },
    { path: 'query', at: 13, length: 3, message: expect.stringContaining('no field foo') },
  ]);
});

describe('batches and flows', () => {
  it('are found by their own fields', async () => {
    const own = await createContext();
    const partial = await seedBatch(own, { name: 'embed one', statuses: ['failed', 'completed'], type: 'collect' });
    const done = await seedBatch(own, { name: 'embed two', statuses: ['completed'] });
    await pool().query(
      `update batch set created_by = 'Ana', started_at = now() - interval '1 hour', metadata = '{"tags":"monthly"}' where id = $1`,
      [partial.batchId],
    );
    await pool().query('update batch set queued_at = now(), paused = true, finished_at = null where id = $1', [
      done.batchId,
    ]);
    const find = async (query: string) => (await listBatches(own, { query, limit: 10 })).batches.map(({ id }) => id);
    for (const query of [
      'status:partial',
      'type:collect',
      'name:*ONE',
      'by:ana',
      'tag:monthly',
      'is:dead',
      'took:>30m',
      'one',
      `batch:${partial.batchId}`,
      '-is:paused',
    ]) {
      expect(await find(query), query).toEqual([partial.batchId]);
    }
    for (const query of ['is:queued', 'is:paused', '-finished:>1h', 'batch:"embed two"']) {
      expect(await find(query), query).toEqual([done.batchId]);
    }
    expect(await find('created:>1h embed')).toEqual([done.batchId, partial.batchId]);
    const page = await listBatches(own, { query: 'embed', limit: 1 });
    expect(page).toMatchObject({ nextCursor: done.batchId, searched: { all: false } });
    const rest = await listBatches(own, { query: 'embed', limit: 1, cursor: done.batchId });
    expect(rest).toMatchObject({ batches: [{ id: partial.batchId }], nextCursor: null, searched: { all: true } });
  });

  it('of flows, the nodes count', async () => {
    const own = await createContext();
    const { result } = await createFlows(own, {
      flow: { name: 'report', type: 'collect', children: [{ name: 'part', type: 'diagnostic', data: {} }] },
    });
    const [flowId] = result.flowIds;
    const find = async (query: string) => (await listFlows(own, { query, limit: 10 })).flows.map(({ id }) => id);
    const part = result.jobIds.find((id) => id !== flowId);
    for (const query of [
      'status:pending',
      'type:diagnostic',
      'name:rep*',
      'report',
      `id:${flowId}`,
      `id:${part}`,
      'created:>1h',
    ]) {
      expect(await find(query), query).toEqual([flowId]);
    }
    await pool().query(
      `update job set status = 'failed', error = '{"message":"no room"}', started_at = now() - interval '5 m', finished_at = now() where flow_id = $1`,
      [flowId],
    );
    await pool().query(`update flow set status = 'failed', finished_at = now() where id = $1`, [flowId]);
    for (const query of ['is:dead', 'error:*room*', 'status:failed', 'took:>1m', '"NO ROOM"']) {
      expect(await find(query), query).toEqual([flowId]);
    }
    expect(await find('status:completed')).toEqual([]);
  });
});
