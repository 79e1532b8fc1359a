import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { audit } from '@/lib/domain/audit';
import { forgetKeys } from '@/lib/domain/auth/authenticate-key';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import { type Context, systemContext } from '@/lib/domain/context';
import { storeChunks } from '@/lib/domain/document/store-chunks';
import { saveArtifact } from '@/lib/domain/file/save-artifact';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { publishChanges } from '@/lib/events/relay';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { importPeople } from '@/lib/testing/people';
import { createHourly } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';
import { OPERATIONS } from './openapi/operations/operations';
import type { Handler } from './route';
import { hub } from './sse/hub';

// Every call of the API, by those who may not see payloads and by those who see them redacted. No answer and no event
// may hold what was written into inputs, results, errors, logs, progress, files and tables.

const MARK = 'ana.hidden@secret.example';
/** stands only in fields that a path names */
const AT_PATH = 'PATH-7f3a91';
const DATA = { text: `About ${MARK}`, title: `To ${MARK}`, customer: { code: AT_PATH, list: [{ code: AT_PATH }] } };
const RESULT = { chunks: 1, note: MARK, code: AT_PATH };
const PEOPLE = `Email;Name;Wait;Code\n${MARK};Ann;1;${AT_PATH}\n${MARK};Bob;soon;${AT_PATH}\n`;
const RULES = {
  paths: ['data.customer.*.code', 'data.customer.code', 'data.payload', 'data.customer.list.code', 'result.code'],
  patterns: ['email' as const],
};

interface World {
  context: Context;
  ids: Record<string, string[]>;
  keys: Record<'whole' | 'blind' | 'redacted', string>;
}

/** Starts a discard and an edit of what failed, chosen by their contents. An item of the edit was refused. */
async function startBulkActions(context: Context): Promise<string[]> {
  const query = `is:dead error:"no mail for ${MARK}" data.customer.code:${AT_PATH} "${MARK}"`;
  const discard = await estimateBulkAction(context, { action: 'discard', query });
  const set = { text: `"Dear ${MARK} (${AT_PATH})"` };
  const edit = await estimateBulkAction(context, {
    action: 'edit',
    query: `is:dead type:document-processing ${MARK}`,
    set,
  });
  expect([discard, edit]).toMatchObject([{ matched: 1 }, { matched: 1, preview: [{}] }]);
  const ids = [];
  for (const { token } of [discard, edit]) ids.push((await startBulkAction(context, token)).bulkAction.id);
  await pool().query(
    `update bulk_action_job set state = 'failed', why = 'invalid-input', detail = 'text: ${MARK} ${AT_PATH}' where bulk_action_id = $1`,
    [edit.token],
  );
  return ids;
}

async function createWorld(): Promise<World> {
  // The batches of an earlier world hold the slots.
  await pool().query(
    `update batch set status = 'cancelled', finished_at = now(), slot_freed = false, queued_at = null where finished_at is null`,
  );
  const context = await createContext();
  const statuses = ['failed', 'completed', 'active', 'pending'] as const;
  const { batchId, jobIds } = await seedBatch(context, {
    type: 'document-processing',
    statuses: [...statuses],
    data: DATA,
  });
  const error = stringifyJson({ message: `no mail for ${MARK}`, code: 'bad-address', stack: `at ${MARK}` });
  const warnings = stringifyJson([{ code: 'odd', message: `odd: ${MARK}` }]);
  await pool().query(
    `update job set name = 'To ${MARK}', warnings = $2, started_at = now(),
       progress = json_build_object('current', 1, 'total', 2, 'message', 'at ${MARK}'),
       error = case when status = 'failed' then $3::json end, result = case when status = 'completed' then $4::json end
     where batch_id = $1`,
    [batchId, warnings, error, stringifyJson(RESULT)],
  );
  await pool().query(`update batch set stop_reason = 'rejected: ${MARK}', warned = 2 where id = $1`, [batchId]);
  for (const jobId of jobIds) {
    await pool().query(
      `insert into attempt (job_id, attempt, outcome, started_at, finished_at, error) values ($1, 1, 'failed', now(), now(), $2)`,
      [jobId, error],
    );
    await pool().query(`insert into job_log (job_id, attempt, at, level, message) values ($1, 1, now(), 'info', $2)`, [
      jobId,
      `sent to ${MARK}`,
    ]);
  }
  const body = async function* () {
    yield new TextEncoder().encode(`the file of ${MARK}`);
  };
  const { fileId } = await storeFile(context, { name: `${MARK}.txt`, body: body() });
  const [, done = '', active = ''] = jobIds;
  await pool().query('update job set attempt = 1 where id = $1', [active]);
  const system = systemContext(context.organizationId);
  await saveArtifact(system, { jobId: active, attempt: 1 }, { name: `for ${MARK}.txt`, body: body() });
  const vector = new Float32Array(256).fill(0.1);
  await storeChunks(system, {
    jobId: done,
    batchId,
    title: `To ${MARK}`,
    model: 'local-hash',
    chunks: [{ text: `About ${MARK}`, embedding: vector }],
  } as never);
  const { result } = await createFlows(context, {
    flow: {
      name: 'tree',
      type: 'diagnostic',
      data: { payload: MARK },
      children: [{ name: 'leaf', type: 'diagnostic', data: { payload: AT_PATH } }],
    },
  });
  const imported = await importPeople(context, PEOPLE, {
    durationMs: { from: 'column', column: 'Wait' },
    outcome: { from: 'constant', value: 'fail' },
    payload: { from: 'template', template: '{{Code}} {{Email}}' },
  });
  const scheduleId = await createHourly(context, {
    launch: { batch: { name: 'report', type: 'document-processing', items: [{ text: MARK }] } },
  });
  const bulkActions = await startBulkActions(context);
  const target = { kind: 'batch', id: batchId };
  await audit(pool(), context, 'batch.edit', target, { before: { payload: DATA }, after: { payload: { text: MARK } } });
  const keyOf = async (role: 'admin' | 'operator', sees: boolean) => {
    const { key, apiKey } = await createApiKey(context, { name: `${role} ${sees}`, role });
    await pool().query('update api_key set sees_payloads = $2, system_admin = $3 where id = $1', [
      apiKey.id,
      sees,
      !sees,
    ]);
    return key;
  };
  const keys = {
    whole: await keyOf('admin', true),
    blind: await keyOf('admin', false),
    redacted: await keyOf('operator', true),
  };
  forgetKeys();
  return {
    context,
    keys,
    ids: {
      batches: [batchId, imported.batchId],
      all: [batchId],
      jobs: [...jobIds, result.jobIds[0] ?? ''],
      flows: result.flowIds,
      schedules: [scheduleId],
      files: [fileId],
      imports: [imported.id],
      'bulk-actions': bulkActions,
    },
  };
}

let world: World;
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
    world = await createWorld();
    if (who === 'redacted') await setRedaction(world.context, RULES);
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
  world = await createWorld();
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
