import { beforeEach, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { addItems } from '@/lib/domain/batch/add-items';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { pauseBatch, resumeBatch } from '@/lib/domain/batch/pause-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { sealBatch } from '@/lib/domain/batch/seal-batch';
import { startBatch } from '@/lib/domain/batch/start-batch';
import { updateBatch } from '@/lib/domain/batch/update-batch';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { runBulkActions } from '@/lib/domain/bulk-action/run/run-bulk-actions';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createJob } from '@/lib/domain/job/create-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { setLimits } from '@/lib/domain/organization/limits/limits';
import { forgetRules } from '@/lib/domain/organization/limits/limits-of';
import { pauseAll, resumeAll } from '@/lib/domain/pause/pause-all';
import { createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';

// A verb that asks for a second connection while it holds one waits forever once as many requests do so as the pool
// has connections. So each must do with the last one.
let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  // With a limit, its verbs also count what is stored.
  await setLimits(context, { limits: { rows: 1_000_000, storageBytes: 1e9 } });
});

const FIELDS = { name: 'b', type: 'diagnostic', start: 'queue' } as const;

const launch = async (fields: object = {}): Promise<string> =>
  (await launchBatch(context, { fields: { ...FIELDS, ...fields }, items: asItems([{}]) })).result.batchId;

const failed = async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['failed', 'failed'] });
  return { batchId, jobId: jobIds[0] ?? '' };
};

type Verb = () => Promise<unknown>;

/** Each prepares what the verb needs, and returns the verb. */
const VERBS: Record<string, () => Promise<Verb> | Verb> = {
  'a launch': () => launch,
  'a launch that starts at once': () => () => launch({ start: 'now' }),
  'items that are added': async () => {
    const batchId = await launch({ sealed: false });
    return () => addItems(context, batchId, { items: asItems([{}]), seal: true });
  },
  'a seal': async () => {
    const batchId = await launch({ sealed: false });
    return () => sealBatch(context, batchId);
  },
  'a start': async () => {
    const batchId = await launch({ start: 'manual' });
    return () => startBatch(context, batchId);
  },
  'a pause and a resume': async () => {
    const batchId = await launch();
    return async () => {
      await pauseBatch(context, batchId);
      await resumeBatch(context, batchId);
    };
  },
  'other options': async () => {
    const batchId = await launch();
    return () => updateBatch(context, batchId, { options: { concurrency: 3, priority: 2 } });
  },
  'a cancel': async () => {
    const batchId = await launch();
    return () => cancelBatch(context, batchId);
  },
  'a retry of a batch': async () => {
    const { batchId } = await failed();
    return () => retryBatch(context, batchId, {});
  },
  'a retry of a job': async () => {
    const { jobId } = await failed();
    return () => retryJob(context, jobId);
  },
  'a bulk action': async () => {
    const { jobId } = await failed();
    return async () => {
      const { token } = await estimateBulkAction(context, { action: 'retry', jobIds: [jobId] });
      await startBulkAction(context, token);
      await runBulkActions();
    };
  },
  'a single job': () => () => createJob(context, { type: 'diagnostic', data: {} }),
  'a flow': () => () => createFlows(context, { flow: { name: 'f', type: 'diagnostic' } }),
  'a file': () => () =>
    storeFile(context, {
      name: 'a.txt',
      body: (async function* () {
        yield new TextEncoder().encode('a');
      })(),
    }),
  'a pause of everything': () => async () => {
    await pauseAll(context, { everywhere: false });
    await resumeAll(context, { everywhere: false });
  },
};

it.each(Object.entries(VERBS))('%s needs one connection', async (_name, prepare) => {
  const verb = await prepare();
  const { max } = pool().options;
  const taken = await Promise.all(Array.from({ length: max - 1 }, () => pool().connect()));
  try {
    forgetRules(context.organizationId);
    await verb();
    expect(pool().waitingCount).toBe(0);
  } finally {
    for (const client of taken) client.release();
  }
});

it('more launches at once than there are connections are all stored', async () => {
  const ids = await Promise.all(
    Array.from({ length: 3 * pool().options.max }, () => {
      forgetRules(context.organizationId);
      return launch();
    }),
  );
  const { rows } = await pool().query('select count(*)::int as n from batch where id = any($1::uuid[])', [ids]);
  expect(rows).toEqual([{ n: ids.length }]);
});
