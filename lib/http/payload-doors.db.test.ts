import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { publishChanges } from '@/lib/events/relay';
import { AT_PATH, MARK, type PlantedWorld, plantPayloads, REDACTION } from '@/lib/testing/planted-payloads';
import { until } from '@/lib/testing/until';
import { OPERATIONS } from './openapi/operations/operations';
import type { Handler } from './route';
import { hub } from './sse/hub';

// Every call of the API, by those who may not see payloads and by those who see them redacted. No answer and no event
// may hold what was written into inputs, results, errors, logs, progress, files and tables.

let world: PlantedWorld;
afterAll(() => hub().close());

async function handlerOf(operation: string): Promise<Handler> {
  const [method = '', path = ''] = operation.split(' ');
  const served = path.replace(/^\/metrics$/, '/api/metrics').replaceAll(/\{(\w+)\}/g, '[$1]');
  const module = (await import(join(process.cwd(), 'app', served, 'route.ts'))) as Record<string, Handler>;
  const handler = module[method];
  if (!handler) throw new Error(`${operation} has no handler`);
  return handler;
}

async function send(
  operation: string,
  key: string,
  { id = '', query = '', body }: { id?: string; query?: string; body?: unknown } = {},
) {
  const [method = '', path = ''] = operation.split(' ');
  const request = new Request(`http://localhost${path.replaceAll(/\{\w+\}/g, id)}${query}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: stringifyJson(body ?? {}) }),
  });
  return (await handlerOf(operation))(request, { params: Promise.resolve({ id }) });
}

/** `GET /api/jobs/{id}/logs` is about a job. */
const kindOf = (operation: string): string => /(\S+)\/\{id\}/.exec(operation)?.[1]?.split('/').at(-1) ?? '';

/** Ways to ask for more than the plain address gives. */
const QUERIES: Record<string, string[]> = {
  'GET /api/batches/{id}/results': [
    ...['jsonl', 'csv'].flatMap((format) =>
      ['items', 'fields', 'table'].map((layout) => `?format=${format}&layout=${layout}`),
    ),
    '?format=xlsx',
    '?format=zip',
  ],
  'GET /api/batches/{id}/errors': ['?format=csv', '?format=jsonl', '?format=csv&columns=fields', '?format=xlsx'],
  'GET /api/batches/{id}/jobs': [`?q=${MARK}`, `?q=${AT_PATH}`],
  'GET /api/jobs': [`?q=${MARK}`],
  'GET /api/dead-letters': ['reason', 'type', 'batch'].flatMap((by) => [
    `?groupBy=${by}`,
    `?groupBy=${by}&query=${encodeURIComponent(`error:"no mail for ${MARK}"`)}`,
  ]),
  'GET /api/jobs/results': ['jsonl', 'csv', 'xlsx'].map((format) => `?format=${format}`),
  'GET /api/search': [`?q=${MARK}`, '?q=about'],
  'GET /api/imports/{id}/issues': ['?format=csv', '?format=xlsx'],
  'GET /api/flows/{id}': ['?values=true'],
};
/** Bodies that make a call answer with something. */
const BODIES: Record<string, unknown> = {
  'POST /api/batches/{id}/retry': { dry: true, q: MARK },
  'POST /api/batches/{id}/edit': { dry: true, set: { title: 'input.text' } },
  'POST /api/batches/{id}/corrections': { dry: true, rows: [{ row: 1, data: { text: 'x' } }] },
  'POST /api/bulk-actions': { action: 'discard', dry: true, query: 'status:failed' },
  'POST /api/jobs/results': { query: '', format: 'csv' },
  'PATCH /api/imports/{id}/rows': { row: 2, cells: { Wait: 'late' } },
};

const READS = OPERATIONS.filter(({ call }) => call.startsWith('GET ') && call !== 'GET /api/events').map(
  ({ call }) => call,
);
const DESTRUCTIVE = /^DELETE |organizations|switch|sessions|auth\/|rotate|keys|redaction/;
const WRITES = OPERATIONS.filter(({ call }) => !call.startsWith('GET ') && !DESTRUCTIVE.test(call)).map(
  ({ call }) => call,
);

async function textsOf(operation: string, key: string): Promise<{ what: string; status: number; text: string }[]> {
  const texts: { what: string; status: number; text: string }[] = [];
  const ids = operation.includes('{id}') ? (world.ids[kindOf(operation)] ?? [newId()]) : [''];
  for (const id of ids) {
    for (const query of ['', ...(QUERIES[operation] ?? [])]) {
      const answer = await send(operation, key, { id, query, body: BODIES[operation] });
      texts.push({
        what: `${operation} ${id}${query}`,
        status: answer.status,
        text: `${[...answer.headers].join(' ')} ${await answer.text()}`,
      });
    }
  }
  return texts;
}

describe.each(['blind', 'redacted'] as const)('for a key that sees payloads %s', (who) => {
  beforeAll(async () => {
    world = await plantPayloads();
    if (who === 'redacted') await setRedaction(world.context, REDACTION);
  });

  it.each([...READS, ...WRITES])('%s shows none of them', async (operation) => {
    for (const { what, status, text } of await textsOf(operation, world.keys[who])) {
      expect(status, `${what} ${text.slice(0, 300)}`).toBeLessThan(500);
      // A refusal may repeat what was asked for.
      const shown = status >= 400 ? text.replaceAll(MARK, (found) => (what.includes(found) ? '' : found)) : text;
      expect(shown, what).not.toContain(MARK);
      if (!what.includes(AT_PATH)) expect(shown, what).not.toContain(AT_PATH);
    }
  });

  it('an event stream shows none of them', async () => {
    const answer = await send('GET /api/events', world.keys[who]);
    const reader = answer.body?.getReader();
    let text = '';
    const reading = (async () => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        text += new TextDecoder().decode(part.value);
      }
    })();
    const [batchId = ''] = world.ids.batches ?? [];
    const [failed = '', , active = ''] = world.ids.jobs ?? [];
    await until('the snapshot came', () => text.includes('event: snapshot'));
    const changed = {
      batches: [batchId],
      jobs: [failed, active].map((jobId) => ({ jobId, batchId, status: 'active' as const })),
      progress: [{ jobId: active, batchId, progress: { current: 2, total: 3, message: `at ${MARK}` } }],
      errors: [{ jobId: failed, batchId, message: `no mail for ${MARK}` }],
    };
    await until('the events came', async () => {
      await publishChanges(changed);
      return ['job-failed', 'job-update', 'job:progress', 'error'].every((name) => text.includes(`event: ${name}\n`));
    });
    await reader?.cancel();
    await reading;
    expect(text).not.toContain(MARK);
    expect(text).not.toContain(AT_PATH);
  });
});

it('a key that sees payloads finds them in most of these calls', async () => {
  world = await plantPayloads();
  const found = [];
  for (const operation of READS) {
    const texts = await textsOf(operation, world.keys.whole);
    if (texts.some(({ text }) => text.includes(MARK))) found.push(operation);
  }
  expect(found).toEqual(
    expect.arrayContaining([
      'GET /api/batches/{id}',
      'GET /api/batches/{id}/jobs',
      'GET /api/batches/{id}/results',
      'GET /api/batches/{id}/errors',
      'GET /api/batches/{id}/failures',
      'GET /api/batches/{id}/logs',
      'GET /api/batches/{id}/activity',
      'GET /api/bulk-actions',
      'GET /api/bulk-actions/{id}',
      'GET /api/bulk-actions/{id}/jobs',
      'GET /api/dead-letters',
      'GET /api/jobs',
      'GET /api/jobs/{id}',
      'GET /api/jobs/{id}/logs',
      'GET /api/jobs/{id}/artifacts',
      'GET /api/flows/{id}',
      'GET /api/schedules/{id}',
      'GET /api/files/{id}',
      'GET /api/search',
      'GET /api/imports/{id}',
      'GET /api/imports/{id}/issues',
      'GET /api/audit',
    ]),
  );
});
