import { beforeAll, describe, expect, it } from 'vitest';
import type { JobStatus } from '@/lib/contracts/status';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { parseQuery } from '@/lib/query/parse';
import { createContext } from '@/lib/testing/factories';
import { Random } from '@/lib/testing/generate/random';
import { fits, like, type PlainBatch, type PlainJob } from '@/lib/testing/plain-filter';

// The SQL of a query against a plain filter in TypeScript, over random rows and random queries.

const NOW = Date.now();
const ago = (ms: number) => new Date(NOW - ms);
const HOUR = 3_600_000;
const TYPES = ['diagnostic', 'collect', 'bulk-operation'];
const NAMES = ['report', 'Report 2', '100%', 'a_b', 'say "no"', 'x\\y', null];
const CUSTOMERS = [
  'acme',
  'Acme',
  'a%',
  'a_me',
  '10',
  10,
  9.5,
  true,
  null,
  ['acme', 'zeta'],
  { acme: 1 },
  '\u0000acme',
  '2026-05-01',
];
const ERRORS = [
  { message: 'Request timeout' },
  { message: '429 too many', code: 'rate' },
  { message: 'bad "quote"\nline' },
];

let context: Context;
const rows: PlainJob[] = [];

function randomRow(random: Random, batches: PlainBatch[], item: number): PlainJob {
  const status = random.pick<JobStatus>(['pending', 'delayed', 'active', 'completed', 'failed', 'failed', 'cancelled']);
  // Between whole hours, because the product's clock goes on while the test runs.
  const createdAt = ago(random.whole(1, 72) * HOUR + random.whole(HOUR / 4, HOUR / 2));
  const ended = ['completed', 'failed', 'cancelled'].includes(status);
  const startedAt = ended || status === 'active' ? new Date(createdAt.getTime() + 1000) : null;
  return {
    id: newId(),
    type: random.pick(TYPES),
    status,
    batch: random.pick([...batches, null]),
    name: random.pick(NAMES),
    createdBy: random.pick(['ana', 'Mika Sato', null]),
    createdAt,
    startedAt,
    finishedAt:
      ended && startedAt ? new Date(startedAt.getTime() + random.pick([500, 30_000, 31_000, 7_200_000])) : null,
    attempts: random.whole(0, 4),
    item,
    data: {
      customer: random.pick(CUSTOMERS),
      deep: { 'first name': random.pick(['Ann', 'Bo']), list: [{ n: random.whole(0, 20) }] },
    },
    result: status === 'completed' ? { status: random.pick([200, 404, '404']) } : null,
    error: status === 'failed' ? random.pick(ERRORS) : null,
    tags: random.pick([undefined, 'nightly', ['nightly', 'Big'], [], 7]),
  };
}

beforeAll(async () => {
  context = await createContext();
  const random = new Random(5);
  const batches = [
    { name: 'March import', paused: true, notBefore: null, createdBy: 'ben', tags: ['monthly'] },
    { name: 'embed', paused: false, notBefore: new Date(NOW + 24 * HOUR), createdBy: 'ana', tags: undefined },
    { name: 'embed faq', paused: false, notBefore: null, createdBy: 'Zoe', tags: 'nightly' },
  ].map((batch): PlainBatch => ({ id: newId(), ...batch }));
  for (const b of batches) {
    await pool().query(
      `insert into batch (id, organization_id, type, name, status, options, correlation_id, paused, not_before, created_by, metadata)
       values ($1, $2, 'diagnostic', $3, 'in-progress', '{}', 'c', $4, $5, $6, $7)`,
      [b.id, context.organizationId, b.name, b.paused, b.notBefore, b.createdBy, JSON.stringify({ tags: b.tags })],
    );
    await pool().query('insert into batch_dispatch (batch_id, reach) values ($1, 100000)', [b.id]);
  }
  for (let i = 0; i < 400; i += 1) rows.push(randomRow(random, batches, i + 1));
  const foreign = await createContext();
  for (const [i, r] of [...rows, ...rows.map((row) => ({ ...row, id: newId(), batch: null }))].entries()) {
    await pool().query(
      `insert into job (id, organization_id, type, status, batch_id, item_index, name, created_by, created_at, started_at,
         finished_at, attempts_made, data, result, error, metadata)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [
        r.id,
        i < rows.length ? context.organizationId : foreign.organizationId,
        r.type,
        r.status,
        r.batch?.id ?? null,
        r.batch ? r.item - 1 : null,
        r.name,
        r.createdBy,
        r.createdAt,
        r.startedAt,
        r.finishedAt,
        r.attempts,
        JSON.stringify(r.data),
        r.result && JSON.stringify(r.result),
        r.error && JSON.stringify(r.error),
        r.tags === undefined ? null : JSON.stringify({ tags: r.tags }),
      ],
    );
  }
});

async function find(text: string, limit: number): Promise<{ ids: string[]; all: boolean }> {
  const ids: string[] = [];
  let cursor: string | undefined;
  let all = false;
  do {
    const page = await listJobs(context, { query: text, limit, cursor });
    expect(page.jobs.length).toBeLessThanOrEqual(limit);
    ids.push(...page.jobs.map((job) => job.id));
    all = page.searched?.all === true;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { ids, all };
}

const TERMS = [
  'status:failed',
  'status:pending',
  'status:delayed',
  'status:active',
  'status:completed,cancelled',
  'status:pending,failed',
  'type:collect',
  'type:b*',
  'type:diagnostic,collect',
  'is:dead',
  'is:paused',
  'is:queued',
  'is:dead,paused',
  'batch:embed',
  'batch:EMBED*',
  'batch:*',
  'by:ana',
  'by:"mika sato"',
  'by:z*',
  'tag:nightly',
  'tag:monthly,big',
  'tag:*',
  'error:*timeout*',
  'error:"Request timeout"',
  'error:rate',
  'error:*"\\"quote"*',
  'reason:"Request timeout"',
  'reason:*time*',
  'reason:*',
  'code:rate',
  'code:r*,x',
  'code:*',
  'name:report',
  'name:100%',
  'name:a_b',
  'name:*"\\""*',
  'name:"x\\\\y"',
  'name:*',
  'data.customer:acme',
  'data.customer:a%',
  'data.customer:a_me',
  'data.customer:10',
  'data.customer:true',
  'data.customer:*',
  'data.customer:*me*',
  'data.customer:>9',
  'data.customer:9..10',
  'data.customer:<=9.5',
  'data.customer:2026-01-01..2026-12-31',
  'data.missing:*',
  'data.deep."first name":Ann',
  'data.deep.list.0.n:>=10',
  'data.deep.list:*',
  'result.status:404',
  'result.status:200..299',
  'created:>24h',
  'created:<24h',
  'created:2d..1d',
  'created:today',
  'created:>2020-01-01',
  'finished:>12h',
  'finished:<today',
  'took:>30s',
  'took:<=30s',
  'took:500ms..1m',
  'attempts:2',
  'attempts:>1',
  'attempts:1..2',
  'item:7',
  'item:100..180',
  'acme',
  '"say \\"no\\""',
  'timeout',
  'TIMEOUT',
  '"\\nline"',
  're*rt',
  '100%',
  'customer',
];

describe('a query', () => {
  it.each(TERMS)('finds with %s what a plain filter finds, and the rest with its negation', async (text) => {
    for (const each of [text, `-${text}`]) {
      const [term] = parseQuery(each, 'jobs', NOW).terms;
      if (!term) throw new Error(`${each} was not understood.`);
      const wanted = rows.filter((row) => fits(row, term.term, NOW) !== term.term.not).map(({ id }) => id);
      expect((await find(each, 100)).ids, each).toEqual(wanted.sort().reverse());
    }
  });

  it('of several terms finds what fits all of them, page by page, without gaps or repetitions', async () => {
    const random = new Random(23);
    for (let run = 0; run < 30; run += 1) {
      const text = Array.from(
        { length: random.whole(1, 4) },
        () => (random.chance(0.3) ? '-' : '') + random.pick(TERMS),
      ).join(' ');
      const { terms } = parseQuery(text, 'jobs', NOW);
      const wanted = rows
        .filter((row) => terms.every(({ term }) => fits(row, term, NOW) !== term.not))
        .map(({ id }) => id);
      const { ids, all } = await find(text, random.pick([7, 30, 100]));
      expect(ids, text).toEqual(wanted.sort().reverse());
      expect(all, text).toBe(true);
    }
  });

  it('combines with the parameters that the list had before', async () => {
    const wanted = rows.filter(
      (r) => r.status === 'failed' && r.type === 'collect' && like(r.name, ['report'], 'i', false),
    );
    const { jobs } = await listJobs(context, { query: 'status:failed', type: 'collect', q: 'REPORT', limit: 100 });
    expect(jobs.map(({ id }) => id)).toEqual(
      wanted
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    const batch = rows.find((r) => r.batch)?.batch;
    const paged = await listJobs(context, { query: 'is:dead', batchId: batch?.id ?? '', limit: 2, offset: 1 });
    const dead = rows
      .filter((r) => r.batch === batch && r.status === 'failed')
      .map(({ id }) => id)
      .sort()
      .reverse();
    expect(paged.jobs.map(({ id }) => id)).toEqual(dead.slice(1, 3));
  });

  it('finds a job by its id and a batch by its id', async () => {
    const [row] = rows;
    expect((await find(`id:${row?.id}`, 10)).ids).toEqual([row?.id]);
    const batch = rows.find((r) => r.batch)?.batch;
    expect((await find(`batch:${batch?.id}`, 100)).ids.length).toBe(rows.filter((r) => r.batch === batch).length);
    expect((await find('id:no-such-id', 10)).ids).toEqual([]);
  });
});
