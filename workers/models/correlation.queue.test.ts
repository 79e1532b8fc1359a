import { expect, test } from 'vitest';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { queueOf } from '@/lib/queue/queues';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { until } from '@/lib/testing/until';
import { BaseWorker } from '.';

test('the correlation id of a batch reaches the delivery and the processor', async () => {
  const context = await createContext();
  const { result } = await launchBatch(context, {
    fields: { name: 'traced', type: 'callback', start: 'now', correlationId: 'trace-9' },
    items: asItems([{}]),
    internal: true,
  });
  await dispatchBatch(result.batchId, 10);
  const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
  const jobId = jobs[0]?.id ?? '';
  const delivery = await queueOf('callback').getJob(jobId);
  expect(delivery?.data).toMatchObject({ jobId, correlationId: 'trace-9' });
  let seen: string | null = null;
  const worker = new BaseWorker({ type: 'callback' }, async ({ correlationId }) => {
    seen = correlationId;
  });
  await worker.start();
  try {
    await until('it has run', () => seen);
    expect(seen).toBe('trace-9');
    await until('it is recorded', async () => {
      const { jobs: after } = await listBatchJobs(context, result.batchId, { limit: 1 });
      return after[0]?.status === 'completed' && after[0].correlationId === 'trace-9';
    });
  } finally {
    await worker.close();
  }
});
