import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createImport } from '@/lib/domain/import/create-import';
import { definitionOf, offeredTypes } from '@/lib/job-types/catalogue';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { type Body, jsonSchema, largeFields, list, notJson, strangeBodies } from '@/lib/testing/hostile-bodies';
import { longestHold, slowness } from '@/lib/testing/loop-hold';
import { DATA_BODY_BYTES } from './limits';
import type { Operation } from './openapi/operations/operation';
import { OPERATIONS } from './openapi/operations/operations';
import type { Handler } from './route';

// Every call with a body or a query × the largest and most hostile inputs that it allows, generated from the schemas
// of the API. No request may block the event loop longer than this, because all requests share it.
const MOST_MS = 100;
const usualMs = MOST_MS * slowness();

let context: Context;
let key = '';
const ids: Record<string, string> = {};

beforeAll(async () => {
  process.env.MAX_ACTIVE_BATCHES = '1000';
  context = await createContext();
  key = (await createApiKey(context, { name: 'k', role: 'admin' })).key;
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['failed', 'failed'] });
  const body = (async function* () {
    yield new TextEncoder().encode('payload\na\nb\n');
  })();
  const { fileId } = await storeFile(context, { name: 'rows.csv', body });
  const table = await createImport(context, { type: 'diagnostic', fileIds: [fileId], content: 'rows' });
  const { result } = await createFlows(context, { flow: { name: 'f', type: 'diagnostic' } });
  Object.assign(ids, { batches: batchId, all: batchId, jobs: jobIds[0], files: fileId, imports: table.import.id });
  ids.flows = result.flowIds[0] ?? '';
});

const CHUNK_BYTES = 65_536;

function* chunksOf(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += CHUNK_BYTES) yield part.subarray(at, at + CHUNK_BYTES);
  }
}

async function call(operation: string, body?: Body, type = 'application/json', query = ''): Promise<Response> {
  const [method = '', path = ''] = operation.split(' ');
  const [, kind = ''] = /(\w[\w-]*)\/\{id\}/.exec(path) ?? [];
  const served = existsSync(join(process.cwd(), 'app', path.replace('{id}', '[id]'))) ? path : `/api${path}`;
  const module = (await import(join(process.cwd(), 'app', served.replace('{id}', '[id]'), 'route.ts'))) as Record<
    string,
    Handler
  >;
  const handler = module[method];
  if (!handler) throw new Error(`${operation} has no handler`);
  const id = ids[kind] ?? '01a22521-3829-726b-be83-ae3a2425ebfb';
  const parts = body?.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const chunks = parts && chunksOf(parts);
  const stream =
    chunks &&
    new ReadableStream<Uint8Array>({
      pull(controller) {
        const { done, value } = chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
  const length = parts?.reduce((sum, part) => sum + part.length, 0);
  const request = new Request(`http://localhost:3000${path.replace('{id}', id)}${query}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(parts && { 'content-type': type, 'content-length': String(length) }),
    },
    ...(stream && { body: stream, duplex: 'half' }),
  } as RequestInit);
  const answer = await handler(request, { params: Promise.resolve({ id }) });
  await answer.body?.cancel();
  return answer;
}

const tooLong: string[] = [];
/** Work that blocks the loop does so every time; another program that takes the memory's time comes and goes. */
const MOST_ROUNDS = 20;

/**
 * Measures again after a slow run, because the first run compiles code and a garbage collection may interfere. What is
 * slow then is compared with how slow the machine is at this moment.
 */
async function measureHold(what: string, work: () => Promise<unknown>): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  let mostMs = usualMs;
  for (let round = 0; round < MOST_ROUNDS && best > mostMs; round += 1) {
    best = Math.min(best, await longestHold(work));
    if (best > mostMs) mostMs = MOST_MS * slowness();
  }
  if (process.env.SHOW_HOLDS && best > 40) console.log(`${best.toFixed(0)} ms: ${what}`);
  if (best > mostMs) tooLong.push(`${what}: ${best.toFixed(0)} ms`);
}

const expectQuick = () => expect(tooLong.splice(0)).toEqual([]);

const SMALL = 1024 ** 2;

/** Returns the maximum bytes of a body that the call accepts. */
async function largest({ call: name }: Operation): Promise<number> {
  const answer = await call(name, [notJson(DATA_BODY_BYTES).blanks]);
  return answer.status === 413 ? SMALL : DATA_BODY_BYTES;
}

const withBody = OPERATIONS.filter((o) => o.body);

it.each(withBody)('$call does not block the event loop with any JSON body', async (operation) => {
  const schema = jsonSchema(operation.body ?? z.never());
  const size = await largest(operation);
  for (const [what, body] of [...strangeBodies(size), ...largeFields(schema, size)]) {
    await measureHold(`${operation.call}: ${what}`, () => call(operation.call, body));
  }
  expectQuick();
});

it.each(offeredTypes())('no data of a %s blocks the event loop', async (type) => {
  const schema = jsonSchema(definitionOf(type).input);
  for (const part of [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) {
    for (const [what, data] of largeFields(part, DATA_BODY_BYTES - 100)) {
      await measureHold(`${type}: ${what}`, () => call('POST /api/jobs', [`{"type":"${type}","data":`, ...data, '}']));
    }
  }
  expectQuick();
});

it('no launch of a text with very many escapes blocks the event loop', async () => {
  for (const mark of ['\\n', '\\u0001', '\\\\']) {
    const item = `{"payload":"${mark.repeat((DATA_BODY_BYTES - 200) / mark.length)}"}`;
    const body = Buffer.from(`{"name":"x","type":"diagnostic","start":"manual","items":[${item}]}`);
    await measureHold(`an item of ${mark}`, () => call('POST /api/batches', [body]));
  }
  expectQuick();
});

/** As many small items as fill several chunks of a stream. More of them only repeat the cost of a chunk. */
const ITEMS = 100_000;

/** Streamed bodies of several chunks each. That is enough, because their cost repeats with every chunk. */
const STREAMS: Record<string, [string, string][]> = {
  'application/x-ndjson': [
    ['many small items', '{}\n'.repeat(ITEMS)],
    ['blank lines', '\n'.repeat(20 * ITEMS)],
    ['lines of lists', `${`${list('[]', SMALL - 10)}\n`.repeat(3)}`],
    ['bad lines', '{"a":}\n'.repeat(ITEMS)],
    ['a line that is too long', 'x'.repeat(3_000_000)],
  ],
  'text/csv': [
    ['many small items', `payload\n${'a\n'.repeat(ITEMS)}`],
    ['blank lines', `payload\n${'\n'.repeat(20 * ITEMS)}`],
    ['a header of very many columns', Array.from({ length: 150_000 }, (_, i) => `c${i}`).join(',')],
    [
      'as many columns as it takes',
      `${Array.from({ length: 2000 }, (_, i) => `c${i}`).join(',')}\n${`${'1,'.repeat(1999)}1\n`.repeat(500)}`,
    ],
    ['a quote that does not end', `payload\n"${'x'.repeat(3_000_000)}`],
    ['quotes', `payload\n${'""'.repeat(500_000)}`],
    ['rows of another length', `a,b\n${'1\n'.repeat(ITEMS)}`],
  ],
};

const withStream = OPERATIONS.filter((o) => o.bodyTypes?.some((type) => STREAMS[type]));

it.each(withStream)('$call does not block the event loop with any streamed body', async (operation) => {
  const batch = encodeURIComponent(JSON.stringify({ name: 'x', type: 'diagnostic', start: 'manual' }));
  const query = operation.parameters?.batch ? `?batch=${batch}` : '';
  for (const type of operation.bodyTypes ?? []) {
    for (const [what, text] of STREAMS[type] ?? []) {
      const body = [Buffer.from(text)];
      await measureHold(`${operation.call}: ${type}, ${what}`, () => call(operation.call, body, type, query));
    }
  }
  expectQuick();
});

/** Characters that fit into the head of a request. */
const HEAD = 15_000;

it('no query blocks the event loop', async () => {
  for (const { call: name, query } of OPERATIONS.filter(
    (o) => o.call.startsWith('GET ') && (o.query || o.parameters),
  )) {
    const fields = Object.keys((query && jsonSchema(query).properties) ?? {});
    const queries = [
      `?${'a&'.repeat(HEAD / 2)}`,
      `?${Array.from({ length: HEAD / 8 }, (_, i) => `p${i}=1`).join('&')}`,
      ...fields.flatMap((f) => [
        `?${f}=${'x'.repeat(HEAD)}`,
        `?${f}=${'%20,'.repeat(HEAD / 4)}`,
        `?${`${f}=1&`.repeat(HEAD / (f.length + 3))}`,
      ]),
    ];
    for (const given of queries)
      await measureHold(`${name}${given.slice(0, 30)}`, () => call(name, undefined, undefined, given));
  }
  expectQuick();
});
