import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { jobEnded } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { type OwnJobsRun, startOwnJobs } from '@/lib/testing/services/start-own-jobs';

// What a run can use beside its data: written as a user writes it, in a folder of jobs.

let context: Context;
let own: OwnJobsRun;

const SECRETS = `
import { defineJob, PermanentError } from 'batchyard';
import { z } from 'zod';

let kept = '';
export default defineJob({
  input: z.object({ name: z.string(), how: z.enum(['return', 'throw', 'refuse', 'kept']) }),
  defaults: { maxAttempts: 2, backoff: { type: 'fixed', delay: 0 } },
  async run({ data, attempt, log, warn, updateProgress, saveArtifact, secret }) {
    const value = data.how === 'kept' ? kept : await secret(data.name);
    kept = value;
    log('info', 'with ' + value);
    warn('odd-' + value, 'about ' + encodeURIComponent(value));
    updateProgress(1, 2, 'at ' + value, { axis: value, series: [{ name: value, points: [[1, 1]] }] });
    await saveArtifact(value + '.txt', 'text/plain', 'text');
    if (data.how === 'refuse') throw new PermanentError('no ' + value, value);
    if (data.how === 'throw' && attempt === 1) throw new Error('again ' + value);
    return { [value]: Buffer.from(value).toString('hex') };
  },
});`;

const STEPS = `
import { appendFileSync } from 'node:fs';
import { defineJob } from 'batchyard';
import { z } from 'zod';

export default defineJob({
  input: z.object({ how: z.string(), calls: z.string() }),
  defaults: { maxAttempts: 2, backoff: { type: 'fixed', delay: 0 } },
  async run({ data, attempt, step, secret }) {
    const { how, calls } = data;
    const call = (name: string) => step(name, () => {
      appendFileSync(calls, name + ' ');
      return { at: new Date(0), digits: 12345678901234567890n, attempt };
    });
    const [first, second] = await Promise.all([call('pay'), call('send')]);
    if (how === 'kill' && attempt === 1) process.kill(process.pid, 'SIGKILL');
    if (how === 'twice') await call('pay');
    if (how === 'large') await step('large', () => 'x'.repeat(1024 ** 2));
    if (how === 'many') for (let i = 0; i < 200; i++) await step('many-' + i, () => i);
    if (how === 'name') await step('a\\u0000b', () => 1);
    if (how === 'secret') {
      const key = await secret('STEP_KEY');
      await step('secret', () => [key]);
    }
    if (how === 'nothing') return [await step('nothing', () => undefined), first];
    if (how === 'fail' || (how === 'again' && attempt === 1)) throw new Error('later');
    return [first, second];
  },
});`;

const VALUES = `
import { defineJob } from 'batchyard';
import { z } from 'zod';

export default defineJob({
  input: z.object({ how: z.enum(['all', 'key', 'large', 'nothing', 'expiry', 'number', 'secret']) }),
  async run({ data, kv, secret }) {
    if (data.how === 'key') await kv.get('');
    if (data.how === 'large') await kv.set('a', 'x'.repeat(65_536));
    if (data.how === 'nothing') await kv.set('a', undefined);
    if (data.how === 'expiry') await kv.set('a', 1, { expiresInSeconds: 0 });
    if (data.how === 'number') await kv.set('text', 'x').then(() => kv.increment('text'));
    if (data.how === 'secret') await kv.set('a', { of: await secret('KV_KEY') });
    const before = await kv.get('seen');
    await kv.set('seen', { at: 1, digits: 12345678901234567890n }, { expiresInSeconds: 60 });
    const count = await kv.increment('count', 2);
    return { before, seen: await kv.get('seen'), count, deleted: [await kv.delete('none'), await kv.delete('seen')] };
  },
});`;

beforeAll(async () => {
  context = await createContext();
  own = await startOwnJobs({ secrets: SECRETS, steps: STEPS, values: VALUES });
});

afterAll(() => own.stop());

const run = async (type: string, data: object) => {
  const { job } = await createJob(context, { type, data });
  return jobEnded(context, job.id);
};

test('a secret is hidden in everything that a run writes, also after a retry and by code that kept it', async () => {
  const value = 'hunter2+hunter2/8';
  await createSecret(context, { name: 'API_KEY', value, hosts: ['*'], replace: false });
  const jobs = [];
  for (const how of ['return', 'throw', 'refuse', 'kept']) jobs.push(await run('secrets', { name: 'API_KEY', how }));
  const shown = { '[secret API_KEY]': '[secret API_KEY]' };
  expect(jobs).toMatchObject([
    { status: 'completed', attemptsMade: 1, result: shown, progress: { message: 'at [secret API_KEY]' } },
    { status: 'completed', attemptsMade: 2, result: shown },
    { status: 'failed', attemptsMade: 1, error: { message: 'no [secret API_KEY]', code: '[secret API_KEY]' } },
    { status: 'completed', attemptsMade: 1, result: shown },
  ]);
  const { rows } = await pool().query<{ text: string }>(
    `select j::text as text from job j union all select l::text from job_log l union all select a::text from attempt a
     union all select f::text from file f`,
  );
  expect(rows.filter(({ text }) => text.includes('[secret API_KEY]')).length).toBeGreaterThan(12);
  for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('hex')]) {
    expect(rows.filter(({ text }) => text.includes(form))).toEqual([]);
  }
});

test('a secret that is missing fails the job at once, and says what to do', async () => {
  expect(await run('secrets', { name: 'NOWHERE', how: 'throw' })).toMatchObject({
    status: 'failed',
    attemptsMade: 1,
    error: { code: 'unknown-secret', message: expect.stringMatching(/no secret named NOWHERE.*administrator/) },
  });
});

test('a secret of another organization is missing', async () => {
  const stranger = await createContext();
  await createSecret(stranger, { name: 'THEIRS', value: 'theirs-theirs', hosts: ['*'], replace: false });
  expect(await run('secrets', { name: 'THEIRS', how: 'return' })).toMatchObject({ error: { code: 'unknown-secret' } });
});

const callsIn = (file: string) => readFileSync(file, 'utf8').trim().split(' ');
const newCalls = () => join(own.folder, `_calls-${randomUUID()}`);
const REMEMBERED = { at: '1970-01-01T00:00:00.000Z', digits: 12345678901234567890n, attempt: 1 };

test.each(['again', 'kill'])('steps are not repeated by the next attempt: %s', async (how) => {
  const calls = newCalls();
  const job = await run('steps', { how, calls });
  expect(job).toMatchObject({ status: 'completed', result: [REMEMBERED, REMEMBERED], stepsRemembered: 2 });
  expect(job.attempts.map(({ outcome }) => outcome)).toEqual([how === 'kill' ? 'crashed' : 'failed', 'completed']);
  expect(callsIn(calls).sort()).toEqual(['pay', 'send']);
});

test('a retry by hand keeps the steps, also with the same input, and another input forgets them', async () => {
  const calls = newCalls();
  const data = { how: 'fail', calls };
  const { id } = await run('steps', data);
  for (const again of [{}, { data }]) {
    await retryJob(context, id, again);
    expect(await jobEnded(context, id)).toMatchObject({ status: 'failed', stepsRemembered: 2 });
  }
  expect(callsIn(calls)).toHaveLength(2);
  await retryJob(context, id, { data: { how: 'return', calls } });
  expect(await jobEnded(context, id)).toMatchObject({ status: 'completed', stepsRemembered: 2 });
  expect(callsIn(calls)).toHaveLength(4);
});

test.each([
  ['twice', 'duplicate-step', /two steps named pay/],
  ['large', 'step-too-large', /1 MiB of JSON together, and with large/],
  ['many', 'too-many-steps', /100 steps/],
  ['name', 'invalid-step', /printable/],
  ['secret', 'secret-in-step', /contains the secret STEP_KEY/],
])('a step that can’t be remembered fails the job at once: %s', async (how, code, message) => {
  if (how === 'secret') {
    await createSecret(context, { name: 'STEP_KEY', value: 'a-key-of-steps', hosts: ['*'], replace: false });
  }
  const job = await run('steps', { how, calls: newCalls() });
  expect(job).toMatchObject({
    status: 'failed',
    attemptsMade: 1,
    error: { code, message: expect.stringMatching(message) },
  });
});

test('a step that returns nothing is remembered too', async () => {
  expect(await run('steps', { how: 'nothing', calls: newCalls() })).toMatchObject({
    status: 'completed',
    result: [null, REMEMBERED],
    stepsRemembered: 3,
  });
});

test('jobs of a type share values', async () => {
  const result = { seen: { at: 1, digits: 12345678901234567890n }, deleted: [false, true] };
  expect(await run('values', { how: 'all' })).toMatchObject({ status: 'completed', result: { ...result, count: 2 } });
  expect(await run('values', { how: 'all' })).toMatchObject({ status: 'completed', result: { ...result, count: 4 } });
});

test.each([
  ['key', 'invalid-key'],
  ['large', 'value-too-large'],
  ['nothing', 'invalid-value'],
  ['expiry', 'invalid-expiry'],
  ['number', 'no-number'],
  ['secret', 'secret-in-value'],
])('a value that can’t be stored fails the job at once: %s', async (how, code) => {
  if (how === 'secret') {
    await createSecret(context, { name: 'KV_KEY', value: 'a-key-of-values', hosts: ['*'], replace: false });
  }
  expect(await run('values', { how })).toMatchObject({ status: 'failed', error: { code } });
});
