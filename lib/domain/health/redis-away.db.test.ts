import { afterAll, expect, test, vi } from 'vitest';
import { startOwnRedis } from '@/lib/testing/services/redis';
import { until } from '@/lib/testing/until';

// This file stops and freezes its own Redis. It starts before the imports, because they read REDIS_URL.
const redis = await startOwnRedis();
process.env.REDIS_URL = redis.url;
await redis.kill();

const { createContext } = await import('@/lib/testing/factories');
const { launchItems } = await import('@/lib/testing/run-batch');
const { cancelBatch } = await import('@/lib/domain/batch/cancel-batch');
const { pauseBatch, resumeBatch } = await import('@/lib/domain/batch/pause-batch');
const { retryBatch } = await import('@/lib/domain/batch/retry-batch');
const { cancelJob } = await import('@/lib/domain/job/cancel-job');
const { createJob } = await import('@/lib/domain/job/create-job');
const { retryJob } = await import('@/lib/domain/job/retry-job');
const { cancelFlow } = await import('@/lib/domain/flow/cancel-flow');
const { createFlows } = await import('@/lib/domain/flow/create-flows');
const { askBoard } = await import('@/lib/domain/queue-board/ask-board');
const { redeliverLost } = await import('@/lib/domain/worker/sweep');
const { getReadiness } = await import('./readiness');
const { listParts } = await import('./list-parts');
const { countWaiting } = await import('@/lib/queue/inspect');
const { subscribe } = await import('@/lib/events/relay');
const context = await createContext();

afterAll(async () => {
  redis.thaw();
  const [{ closeQueues }, { closeEvents }] = await Promise.all([
    import('@/lib/queue/queues'),
    import('@/lib/events/relay'),
  ]);
  await Promise.all([closeQueues(), closeEvents()]);
  await redis.stop();
});

const becomes = (status: string) => until(`it is ${status}`, async () => (await getReadiness()).status === status);

/** Calls every domain function that sends a message to the queue or to other processes. */
async function callAll(): Promise<void> {
  const { result: launched } = await launchItems(context, 2);
  const { batchId } = launched;
  await pauseBatch(context, batchId);
  await resumeBatch(context, batchId);
  await cancelBatch(context, batchId);
  await retryBatch(context, batchId, { only: 'all' });
  const { job } = await createJob(context, { type: 'diagnostic', data: {} });
  await cancelJob(context, job.id);
  await retryJob(context, job.id);
  const leaf = { name: 'leaf', type: 'diagnostic', data: {} };
  const { result } = await createFlows(context, {
    flow: { name: 'root', type: 'collect', data: {}, children: [leaf] },
  });
  await cancelFlow(context, result.flowIds[0] ?? '');
}

test('a queue that has never worked is not ready, and the administrator sees why', async () => {
  const readiness = await getReadiness();
  expect(readiness).toMatchObject({ status: 'unready', part: 'queue' });
  const parts = await listParts(context, readiness);
  expect(parts.filter((p) => !p.ok).map((p) => p.part)).toEqual(['queue', 'events', 'workers']);
  expect(parts.find((p) => p.part === 'queue')?.detail).toContain('(REDIS_URL): the connection is refused');
});

test('calls fail fast while Redis is away, the state is degraded, and pending jobs are delivered when it is back', async () => {
  await redis.restart();
  await becomes('ready');
  const heard = vi.fn();
  await subscribe('changes', heard);
  for (const [goes, comes] of [
    [redis.kill, redis.restart],
    [redis.freeze, redis.thaw],
  ] as const) {
    await goes();
    await callAll();
    await becomes('degraded');
    // Subscribers in the same process receive the message without Redis.
    expect(heard).toHaveBeenCalled();
    heard.mockClear();
    await expect(askBoard(context, { method: 'GET', path: '/api/queues', query: {}, body: {} })).rejects.toThrow(
      'Redis is away',
    );
    const { job } = await createJob(context, { type: 'diagnostic', data: {} });
    await comes();
    await becomes('ready');
    await redeliverLost(0);
    expect(await countWaiting('diagnostic')).toBeGreaterThan(0);
    await cancelJob(context, job.id);
  }
});
