import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { registerChild } from '@/lib/domain/batch/register-child';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { sealBatch } from '@/lib/domain/batch/seal-batch';
import type { Context } from '@/lib/domain/context';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { retryFlow } from '@/lib/domain/flow/retry-flow';
import { redeliver } from '@/lib/domain/worker/redeliver';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { listAborts } from '@/lib/domain/worker/sweep';
import { checkAdopted } from '@/lib/interop/adopted-outcome';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import {
  BATCH_TRANSITIONS,
  edgesOf,
  JOB_TRANSITIONS,
  seenTransitions,
  watchTransitions,
} from '@/lib/testing/transitions';
import { until } from '@/lib/testing/until';
import { cancelJob } from './cancel-job';
import { claimJobs } from './claim-jobs';
import { createJob } from './create-job';
import { type Outcome, recordOutcomes } from './record-outcomes';
import { retryJob } from './retry-job';

let context: Context;

beforeAll(async () => {
  await watchTransitions();
  context = await createContext();
});

const make = async (body: Partial<Parameters<typeof createJob>[1]> = {}) =>
  (await createJob(context, { type: 'diagnostic', data: {}, ...body })).job.id;

/** Claims a job as consumer 7. */
async function claim(id: string, { redelivered = false, quarantine = false } = {}) {
  return until(
    'the job is claimed',
    async () => (await claimJobs({ consumerId: 7, quarantine }, [{ id, redelivered }]))[0],
  );
}

async function record(id: string, kind: Outcome['kind'], rest: Partial<Outcome> = {}) {
  const { rows } = await pool().query<{ attempt: number; batch_id: string | null }>(
    'select attempt, batch_id from job where id = $1',
    [id],
  );
  const { attempt = 0, batch_id: batchId = null } = rows[0] ?? {};
  await recordOutcomes([{ id, batchId, attempt, kind, ...rest }]);
}

async function finish(id: string, kind: Outcome['kind'], rest: Partial<Outcome> = {}) {
  await claim(id);
  await record(id, kind, rest);
}

test('the sweep repeats the graceful cancel of a running job that is in no batch', async () => {
  const id = await make();
  await claim(id);
  await cancelJob(context, id);
  expect(await listAborts()).toContainEqual({ jobIds: [id], batchIds: [], force: false });
  await record(id, 'cancelled');
  expect(await listAborts()).toEqual([]);
});

test('a single job makes every transition', async () => {
  const id = await make();
  await finish(id, 'retry', { delayMs: 1 });
  await finish(id, 'retry');
  await claim(id);
  await claim(id, { redelivered: true });
  await record(id, 'failed');
  await retryJob(context, id);
  await cancelJob(context, id);
  await retryJob(context, id);
  await finish(id, 'cancelled');
  await cancelJob(context, await make({ delayMs: 60_000 }));
  await finish(await make(), 'completed');

  const refused = await make();
  await pool().query(`update job set data = '{"durationMs":"long"}' where id = $1`, [refused]);
  expect(await checkAdopted(refused)).toContain('does not fit');
});

test('the nodes of a flow make every transition', async () => {
  const flow = async (opts?: { delay: number }) => {
    const root = { name: 'root', type: 'collect', data: {}, ...(opts && { opts }) };
    const children = [{ name: 'child', type: 'diagnostic', data: {} }];
    const { result } = await createFlows(context, { flow: { ...root, children } });
    return result.jobIds as [root: string, child: string];
  };
  const end = async ([root, child]: [string, string], kind: 'completed' | 'failed') => {
    await finish(child, kind, { flowId: root });
    await advanceFlows([child], [root]);
  };
  await end(await flow(), 'completed');
  await end(await flow({ delay: 60_000 }), 'completed');
  for (const stop of ['fail', 'cancel']) {
    const ids = await flow();
    if (stop === 'fail') await end(ids, 'failed');
    else await cancelJob(context, ids[1]);
    await retryFlow(context, ids[0], { only: 'all' });
  }
});

test('a batch and its child with a start time make every transition', async () => {
  const open = { start: 'manual', sealed: false } as const;
  const ended = async (kinds: Outcome['kind'][]) => {
    const { result } = await launchItems(context, kinds.length);
    await runBatch(result.batchId, (index) => kinds[index] ?? 'completed');
    return result.batchId;
  };
  await ended(['completed']);
  const retryable = [await ended(['failed']), await ended(['completed', 'failed']), await ended(['cancelled'])];
  for (const batchId of retryable) {
    await retryBatch(context, batchId, { only: 'all' });
    await cancelBatch(context, batchId);
  }

  for (const kinds of [['completed'], ['failed'], ['completed', 'failed']] as const) {
    const { result } = await launchBatch(context, {
      fields: { name: 'open', type: 'diagnostic', ...open },
      items: asItems([]),
    });
    for (const kind of kinds) {
      const id = await make();
      await finish(id, kind);
      await registerChild(context, result.batchId, id);
    }
    await sealBatch(context, result.batchId);
  }
  const { result: waiting } = await launchItems(context, 1, { start: 'manual' });
  await cancelBatch(context, waiting.batchId);

  // While all slots are in use, retried batches wait for one.
  const late = [await ended(['failed']), await ended(['completed', 'failed']), await ended(['cancelled'])];
  const { result: due } = await launchItems(context, 1, { sealed: false });
  await make({ parentJobId: due.batchId, delayMs: 1 });
  await until('its time has come', async () => {
    await dispatchBatch(due.batchId, 100);
    const { rows } = await pool().query(`select 1 from job where batch_id = $1 and status = 'delayed'`, [due.batchId]);
    return rows.length === 0;
  });
  await launchItems(context, 1);
  for (const batchId of late) await retryBatch(context, batchId, { only: 'all' });
});

test('all allowed transitions were made, and no other', async () => {
  expect(await seenTransitions('job')).toEqual(edgesOf(JOB_TRANSITIONS));
  expect(await seenTransitions('batch')).toEqual(edgesOf(BATCH_TRANSITIONS));
});

test('the five counters change as in the example of the page', async () => {
  const page = await readFile('docs/job-lifecycle.md', 'utf8');
  const told = [...page.matchAll(/^\| ([^|]+) \| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)].map(
    ([, step, ...values]) => [step, ...values].join(' | '),
  );
  const seen: string[] = [];
  const note = async (step: string) => {
    const { rows } = await pool().query<{ line: string }>(
      `select concat_ws(' | ', $2::text, status, attempt, attempts_made, delivery, crashes,
         1 + coalesce((select max(run) from attempt a where a.job_id = j.id), 0)) as line from job j where id = $1`,
      [id, step],
    );
    seen.push(rows[0]?.line ?? '');
  };
  const id = await make({ maxAttempts: 2, backoff: { type: 'fixed', delay: 1 } });
  await note('created');
  await claim(id);
  await note('claimed');
  await record(id, 'retry', { delayMs: 1 });
  await note('fails and will be retried');
  await claim(id);
  await note('claimed when the backoff is over');
  await releaseConsumer(7, 'crashed', 'killed by SIGKILL');
  await note('its consumer crashes');
  await claim(id, { quarantine: true });
  await note('claimed in quarantine');
  await record(id, 'defer', { delayMs: 1 });
  await note('is deferred by Retry-After');
  await redeliver([{ id, delivery: 2 }]);
  await note('Redis was emptied: the sweep redelivers it');
  await claim(id);
  await note('claimed');
  await record(id, 'failed');
  await note('fails, and no attempts are left');
  await retryJob(context, id);
  await note('retried by hand');
  await claim(id);
  await note('claimed');
  await record(id, 'completed');
  await note('completes');
  expect(seen).toEqual(told);
});
