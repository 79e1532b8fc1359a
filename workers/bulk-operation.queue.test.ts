import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinished } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';
import {
  KINDS,
  type Kind,
  type Misbehaving,
  startMisbehaving,
} from './processors/bulk-operation/fixtures/misbehaving-server';

/** A larger run as a measurement: BULK_CALLS=5000 npx vitest run --project redis workers/bulk-operation */
const CALLS = Number(process.env.BULK_CALLS ?? 300);
const SECRET = 'sk-test-4f9a"7c21/e5b8+d0';
/** the limit for calls to `localhost`, and for slow ones */
const RATE_PER_MINUTE = 600;
const AT_ONCE = 3;
const ATTEMPTS = 3;

/** The expected outcome of each kind: an error code or ok, and the number of calls. */
const ENDS: Record<Kind, [end: string, calls: number]> = {
  ok: ['ok', 1],
  busy: ['ok', 2],
  down: ['ok', 3],
  gone: ['http-404', 1],
  dead: ['http-503', ATTEMPTS],
  slow: ['ok', 1],
  huge: ['response-too-large', 1],
  metadata: ['outbound-refused', 1],
  inner: ['outbound-refused', 1],
  file: ['outbound-refused', 1],
  loop: ['too-many-redirects', 3],
  hang: ['response-timeout', ATTEMPTS],
  reset: ['ok', 2],
  half: ['ok', 2],
  moved: ['ok', 1],
};

let context: Context;
let workers: Workers;
let server: Misbehaving;

beforeAll(async () => {
  server = await startMisbehaving();
  context = await createContext();
  await createSecret(context, {
    name: 'TOKEN',
    value: SECRET,
    hosts: [`http://127.0.0.1:${server.port}`, `http://localhost:${server.port}`],
    replace: false,
  });
  workers = await startWorkers({
    WORKER_PROCESSES: '2',
    OUTBOUND_ALLOW: `127.0.0.1:${server.port}, [::1]:${server.port}`,
  });
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await server.close();
  await expectConsistent();
});

/** Every tenth call goes to localhost, which has a rate limit. The others cycle through the kinds of faults. */
function items() {
  return Array.from({ length: CALLS }, (_, i) => {
    const limited = i % 10 === 0;
    const kind = limited ? 'ok' : (KINDS[i % KINDS.length] ?? 'ok');
    return {
      url: `http://${limited ? 'localhost' : '127.0.0.1'}:${server.port}/${kind}/{{id}}`,
      values: { id: `n${i}`, name: `Row ${i} & more` },
      query: { name: '{{name}}' },
      headers: { authorization: 'Bearer {{secret:TOKEN}}' },
      extract: { id: '$.data.id', last: '$.data.list[-1].n', tag: 'header:etag', echo: '$.asked.authorization' },
      timeoutMs: kind === 'hang' ? 1000 : 20_000,
      maxBytes: 100_000,
      maxRedirects: 2,
      ...(limited ? { hostRatePerMinute: RATE_PER_MINUTE } : {}),
      ...(kind === 'slow' ? { hostConcurrency: AT_ONCE } : {}),
    };
  });
}

test('a misbehaving server costs only its own rows, receives no secret and leaks no address', async () => {
  const rows = items();
  const started = performance.now();
  const { result } = await launchBatch(context, {
    fields: {
      name: 'Calls',
      type: 'bulk-operation',
      start: 'queue',
      options: { maxAttempts: ATTEMPTS, backoff: { type: 'fixed', delay: 50 } },
    },
    items: asItems(rows),
  });
  await until('the batch has finished', async () => isFinished((await getBatch(context, result.batchId)).status));
  const seconds = (performance.now() - started) / 1000;

  const { rows: jobs } = await pool().query<{
    index: number;
    attempts: number;
    error: { code: string } | null;
    result: unknown;
  }>(
    'select item_index as index, attempts_made as attempts, error, result from job where batch_id = $1 order by item_index',
    [result.batchId],
  );
  const calls = new Map<string, number>();
  for (const { kind, id } of server.hits) calls.set(`${kind} ${id}`, (calls.get(`${kind} ${id}`) ?? 0) + 1);
  for (const { index, attempts, error, result: outcome } of jobs) {
    const kind = new URL(rows[index]?.url ?? '').pathname.split('/')[1] as Kind;
    const [end, count] = ENDS[kind];
    expect([kind, error?.code ?? 'ok']).toEqual([kind, end]);
    // A call that waits for its answer too long may end before a busy server has read it.
    const made = kind === 'hang' ? attempts : calls.get(`${kind} n${index}`);
    expect([kind, made]).toEqual([kind, count]);
    if (end !== 'ok') continue;
    expect(outcome).toMatchObject({
      status: 200,
      columns: { id: `n${index}`, last: 2, tag: `"n${index}"`, echo: 'Bearer [secret TOKEN]' },
    });
  }
  expect(jobs).toHaveLength(CALLS);

  // Only the server received the secret; no other server did, and it is not stored.
  expect(new Set(server.hits.map((hit) => hit.authorization))).toEqual(new Set([`Bearer ${SECRET}`]));
  expect(server.innerHits()).toBe(0);
  for (const table of ['job', 'attempt', 'job_log', 'batch', 'audit']) {
    const { rows: leaks } = await pool().query(
      `select 1 from "${table}" t where t::text like '%4f9a%7c21%' or t::text like '%inner network%'`,
    );
    expect([table, leaks.length]).toEqual([table, 0]);
  }

  const limited = server.hits.filter((hit) => hit.host === 'localhost').map((hit) => hit.at);
  const within = (ms: number) =>
    Math.max(...limited.map((from) => limited.filter((at) => at >= from && at < from + ms).length));
  expect(limited).toHaveLength(Math.ceil(CALLS / 10));
  // Turns are a tenth of a second apart. A busy machine makes a call late, never early.
  const early = limited.sort((a, b) => a - b).filter((at, n) => at - started < (n * 60_000) / RATE_PER_MINUTE - 50);
  expect(early).toEqual([]);
  expect(within(60_000)).toBeLessThanOrEqual(RATE_PER_MINUTE + 5);
  expect(server.most.get('slow')).toBeLessThanOrEqual(AT_ONCE);
  if (process.env.BULK_CALLS) {
    const most = { slow: server.most.get('slow'), second: within(1000), minute: within(60_000) };
    console.log({ rows: CALLS, calls: server.hits.length, seconds, limited: limited.length, most });
  }
});
