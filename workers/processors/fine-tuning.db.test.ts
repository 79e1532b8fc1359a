import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { cancelAbandonedFineTunings } from '@/lib/domain/fine-tuning/cancel-abandoned';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { createContext } from '@/lib/testing/factories';
import { startWorkers } from '@/lib/testing/services/start-workers';
import { eventually, until } from '@/lib/testing/until';
import { processFineTuning } from './fine-tuning';
import { EXAMPLES, status } from './fine-tuning/fixtures/endpoint';
import { jsonl, makeJob, upload } from './fine-tuning/fixtures/job-of';

// The environment is read once, so the endpoint must exist before any module of the product is imported.
const endpoint = await vi.hoisted(async () => {
  const { startEndpoint } = await import('./fine-tuning/fixtures/endpoint');
  const state = await startEndpoint();
  process.env.FINE_TUNING_BASE_URL = state.baseUrl;
  process.env.FINE_TUNING_API_KEY = 'sk-test';
  process.env.FINE_TUNING_POLL_MS = '20';
  return state;
});

afterAll(() => endpoint.close());
beforeEach(async () => {
  endpoint.forget();
  // The ids of remote jobs begin anew. After a minute the sweep would cancel the one of an earlier test.
  await pool().query('delete from remote_run');
});

const jobOf = async (...[more, content]: [object?, (string | Buffer)?]) =>
  makeJob(await createContext(), more, content);

it('uploads, starts and follows a remote job to its end; events become logs, steps and charts', async () => {
  const { job, context, logs, progress, costs } = await jobOf({
    suffix: 'sums',
    epochs: 3,
    seed: 7,
    batchSize: 'auto',
  });
  const validationFileId = await upload(context, jsonl(EXAMPLES.slice(0, 3)));
  const result = await processFineTuning({ ...job, data: { ...job.data, validationFileId } });
  expect(costs).toEqual([{ tokens: 1234 }]);
  expect(result).toEqual({
    model: 'ft:small-1:x:ftjob-1',
    remoteJobId: 'ftjob-1',
    trainedTokens: 1234,
    examples: 12,
    finalLoss: 0.5,
    finalValidationLoss: 0.6,
    checkpoints: [{ step: 4, model: 'ft:small-1:x:ftjob-1:ckpt' }],
  });
  expect(endpoint.files.map((f) => f.content)).toContain(jsonl(EXAMPLES));
  expect(endpoint.jobs[0]?.request).toEqual({
    model: 'small-1',
    training_file: 'file-1',
    validation_file: 'file-2',
    suffix: 'sums',
    seed: 7,
    method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 3, batch_size: 'auto' } } },
    metadata: { batchyard_job: `${job.jobId}.0` },
  });
  expect(logs).toContain('info: Step 2/4: training loss=1.00');
  expect(new Set(logs).size, 'no event twice').toBe(logs.length);
  const [current, total, message, chart] = progress.at(-1) ?? [];
  expect([current, total, message]).toEqual([4, 4, 'Step 4 of 4, loss 0.5000']);
  expect(chart?.series.map((s) => [s.name, s.points.length])).toEqual([
    ['training loss', 4],
    ['validation loss', 4],
  ]);
});

const chat = (...messages: object[]) => JSON.stringify({ messages });
const user = { role: 'user', content: 'hi' };
it.each<[string, string | Buffer, string]>([
  ['cut', '{"messages":', 'row 2: is not JSON: '],
  ['a number', '7', 'row 2: must be an object, not a number'],
  ['a list', '[{}]', 'row 2: is a list: each line must be one example'],
  ['neither form', '{"text":"a"}', 'row 2: needs messages (a chat that ends with the assistant), or a prompt'],
  ['half a pair', '{"prompt":"a"}', 'row 2: completion is required'],
  ['an empty pair', '{"prompt":"a","completion":""}', 'row 2: completion must have at least 1 character'],
  ['no list', '{"messages":{}}', 'row 2: messages must be a list, not an object'],
  ['without an answer', chat(user), 'row 2: messages needs a message of the assistant'],
  [
    'not ended',
    chat({ role: 'assistant', content: 'a' }, user),
    'row 2: messages must end with a message of the assistant',
  ],
  [
    'of an unknown role',
    chat({ role: 'bot', content: 'a' }),
    'row 2: messages.0.role must be one of system, developer,',
  ],
  ['without a role', chat({ content: 'a' }), 'row 2: messages.0.role must be one of system,'],
  [
    'of a number',
    chat(user, { role: 'assistant', content: 7 }),
    'row 2: messages.1.content must be text, not a number, or must be a list',
  ],
  ['without content', chat(user, { role: 'assistant' }), 'row 2: messages.1.content needs content or tool calls'],
  ['marked inside', `\ufeff${chat(user)}`, 'row 2: begins with a byte order mark: a file was put behind another one'],
  [
    'no UTF-8',
    Buffer.from('{"prompt":"caf\u00e9","completion":"x"}', 'latin1'),
    'row 2: holds bytes that are not UTF-8',
  ],
])('refuses a row that is %s before anything is uploaded, and reports the reason', async (_, line, message) => {
  const rows = [JSON.stringify(EXAMPLES[0]), line, JSON.stringify(EXAMPLES[1])].flatMap((row) => [
    Buffer.from(row),
    Buffer.from('\n'),
  ]);
  const { job, logs } = await jobOf({}, Buffer.concat(rows));
  await expect(processFineTuning(job)).rejects.toMatchObject({
    name: 'PermanentError',
    code: 'invalid-examples',
    message: expect.stringContaining(message),
  });
  expect(logs[0]).toMatch(/examples.jsonl row 2/);
  expect(endpoint.calls).toEqual([]);
});

it.each([
  ['UTF-16', Buffer.from(`\ufeff${jsonl(EXAMPLES)}`, 'utf16le'), 'row 1: the file is written in UTF-16'],
  ['a list of all', Buffer.from(JSON.stringify(EXAMPLES, null, 1)), 'row 1: is a list: each line must be one example'],
  ['blank', Buffer.from('\ufeff\n \n'), 'holds no examples'],
])('refuses a file that is %s', async (_, content, message) => {
  const { job } = await jobOf({}, content);
  await expect(processFineTuning(job)).rejects.toMatchObject({
    code: 'invalid-examples',
    message: expect.stringContaining(message),
  });
  expect(endpoint.calls).toEqual([]);
});

it('uploads the checked bytes without the byte order mark and blank lines', async () => {
  const lines = EXAMPLES.map((example) => JSON.stringify(example));
  const content = Buffer.from(`\ufeff${lines[0]}\r\n\r\n  \n${lines.slice(1).join('\n')}`);
  const { job } = await jobOf({}, content);
  expect(await processFineTuning(job)).toMatchObject({ examples: EXAMPLES.length });
  expect(endpoint.files[0]?.content).toBe(`${lines[0]}\r\n${lines.slice(1).join('\n')}`);
});

it('accepts only preference pairs for dpo', async () => {
  const pair = {
    input: { messages: [EXAMPLES[0]?.messages[0]] },
    preferred_output: [EXAMPLES[0]?.messages[1]],
    non_preferred_output: [EXAMPLES[1]?.messages[1]],
  };
  const { job } = await jobOf({ method: 'dpo' }, jsonl([pair]));
  expect(await processFineTuning(job)).toMatchObject({ examples: 1 });
  const { job: wrong } = await jobOf({ method: 'dpo' });
  await expect(processFineTuning(wrong)).rejects.toMatchObject({ code: 'invalid-examples' });
});

describe('when the endpoint fails', () => {
  it('waits after 429 and 500 at every step', async () => {
    for (const on of [/GET \/files/, /POST \/files/, /POST \/fine_tuning\/jobs$/, /events/, /GET .*ftjob-1$/]) {
      endpoint.faults.push({ on, times: 1, act: status(429, { 'retry-after-ms': '5' }) });
      endpoint.faults.push({ on, times: 1, act: status(500, { 'retry-after-ms': '5' }) });
    }
    const { job } = await jobOf();
    expect(await processFineTuning(job)).toMatchObject({ remoteJobId: 'ftjob-1' });
    expect(endpoint.jobs).toHaveLength(1);
    expect(endpoint.files).toHaveLength(1);
  });

  it('is deferred if the wait is long', async () => {
    endpoint.faults.push({ on: /POST \/fine_tuning/, times: 1, act: status(429, { 'retry-after': '120' }) });
    const { job } = await jobOf();
    await expect(processFineTuning(job)).rejects.toMatchObject({ name: 'RetryLaterError', delayMs: 120_000 });
    expect(await processFineTuning({ ...job, attempt: 2 })).toMatchObject({ remoteJobId: 'ftjob-1' });
    expect(endpoint.files).toHaveLength(1);
  });

  it.each([
    ['the start', /POST \/fine_tuning\/jobs$/],
    ['the upload', /POST \/files$/],
  ])('does not repeat %s when its answer is lost', async (_, on) => {
    // The request succeeded, and then the connection closed.
    endpoint.faults.push({
      on,
      times: 1,
      act: (request, response) => {
        response.end = (() => {
          request.socket.destroy();
          return response;
        }) as never;
        return false;
      },
    });
    const { job } = await jobOf();
    expect(await processFineTuning(job)).toMatchObject({ remoteJobId: 'ftjob-1' });
    expect(endpoint.jobs).toHaveLength(1);
    expect(endpoint.files).toHaveLength(1);
  });

  it('reports a refusal', async () => {
    endpoint.faults.push({ on: /POST \/fine_tuning\/jobs$/, times: 1, act: status(400) });
    const { job } = await jobOf();
    await expect(processFineTuning(job)).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'fine-tuning-refused',
      message: expect.stringContaining('slow down'),
    });
  });
});

it('fails with the reason of the endpoint, and starts a new remote job when it is retried', async () => {
  endpoint.fail = { code: 'invalid_training_file', message: 'The file holds too few examples.' };
  const { job, logs } = await jobOf();
  await expect(processFineTuning(job)).rejects.toMatchObject({
    name: 'PermanentError',
    code: 'invalid_training_file',
    message: expect.stringContaining('too few examples'),
  });
  expect(logs).toContain('error: The file holds too few examples.');
  endpoint.fail = undefined;
  expect(await processFineTuning({ ...job, attempt: 2 })).toMatchObject({ remoteJobId: 'ftjob-2' });
  expect(endpoint.jobs[0]?.metadata).toEqual({ batchyard_job: `${job.jobId}.1` });
});

it('cancels the remote job when it is cancelled, even if the cancel arrives late', async () => {
  endpoint.steps = 1_000_000;
  endpoint.faults.push({ on: /cancel/, times: 2, act: status(503, { 'retry-after-ms': '5' }) });
  const { job, stop } = await jobOf();
  const run = processFineTuning(job);
  await until('it runs', () => endpoint.jobs[0]?.status === 'running');
  stop.abort(new Error('cancelled'));
  await expect(run).rejects.toThrow('cancelled');
  expect(endpoint.jobs[0]?.status).toBe('cancelled');
});

it('cancels remote jobs that no job follows', async () => {
  endpoint.steps = 1_000_000;
  const { job, stop } = await jobOf();
  const run = processFineTuning(job);
  await until('it runs', () => endpoint.jobs[0]?.status === 'running');
  await pool().query(`update remote_run set created_at = now() - interval '1 hour' where job_id = $1`, [job.jobId]);
  // No row has this job: it was cancelled while no worker ran it.
  expect(await cancelAbandonedFineTunings()).toBe(1);
  expect(endpoint.jobs[0]?.status).toBe('cancelled');
  stop.abort(new Error('cancelled'));
  await expect(run).rejects.toThrow();
});

it('is continued by another worker when one dies, and ends when it is cancelled', async () => {
  endpoint.steps = 1_000_000;
  const workers = await startWorkers();
  try {
    const context = await createContext();
    const data = { fileId: await upload(context, jsonl(EXAMPLES)), model: 'small-1' };
    const { job } = await createJob(context, { type: 'fine-tuning', data });
    await until('it is followed', () => (endpoint.jobs[0]?.steps ?? 0) > 2);
    const { rows } = await pool().query<{ pid: number }>(
      'select c.pid from consumer c join job j on j.consumer_id = c.id where j.id = $1',
      [job.id],
    );
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await until('another went on', async () =>
      (await readJobLogs(context, job.id)).lines.some((l) => l.message.startsWith('Going on')),
    );
    const before = endpoint.jobs[0]?.steps ?? 0;
    const progress = async () => {
      const { status, attemptsMade, attempts, error } = await getJob(context, job.id);
      return { steps: endpoint.jobs[0]?.steps ?? 0, status, error, attemptsMade, attempts: attempts.slice(-2) };
    };
    await eventually('it is followed again', progress, ({ steps }) => steps > before + 2);
    expect(endpoint.jobs).toHaveLength(1);
    await cancelJob(context, job.id, { force: true });
    await until('the job is cancelled', async () => (await getJob(context, job.id)).status === 'cancelled');
    await until('so is the remote job', () => endpoint.jobs[0]?.status === 'cancelled');
  } finally {
    await workers.stop();
  }
});
