import { isFinished } from '@/lib/contracts/status';
import { eventually } from '@/lib/testing/until';
import { JobProducer, ParentChildJobManager } from '@/workers/models';
import { type Example, expectEqual, PATIENCE } from './support/stage';

const TOPICS = ['harbour', 'orchard', 'lighthouse', 'quarry', 'observatory', 'vineyard', 'windmill', 'glacier'];

/** Document A: a parent, its children enqueued and registered one by one, its status followed to the end. */
export const run: Example = async ({ context, call, say }) => {
  const manager = new ParentChildJobManager(context, { type: 'document-processing', name: 'Example: embeddings' });
  const producer = new JobProducer(context);
  const parent = await manager.createParentJob(TOPICS.length, undefined, { operation: 'batch-embedding' });
  const { parentJobId, correlationId } = parent;
  say(`A parent for ${TOPICS.length} children: /batches/${parentJobId}`);
  for (const topic of TOPICS) {
    const data = { title: topic, text: `The ${topic} is described here. Nobody forgets the ${topic} who has seen it.` };
    const jobId = await producer.enqueue('document-processing', data, { parentJobId, correlationId });
    await manager.registerChildJob(parentJobId, jobId);
  }
  const status = await eventually(
    'every child has ended',
    async () => {
      const seen = await manager.getParentJobStatus(parentJobId);
      say(`  ${seen.status}: ${seen.completed} of ${seen.total}, ${seen.progress}%`);
      return seen;
    },
    (seen) => isFinished(seen.status),
    PATIENCE,
  );
  expectEqual('the parent', status, {
    status: 'completed',
    progress: 100,
    completed: TOPICS.length,
    failed: 0,
    total: TOPICS.length,
  });
  const query = new URLSearchParams({ q: 'lighthouse', limit: '1', batchId: parentJobId });
  const { hits } = await call<{ hits: { title: string }[] }>('GET', `/api/search?${query}`);
  expectEqual('the best hit for "lighthouse"', hits[0]?.title, 'lighthouse');

  // The same in one call, where children that are refused don't keep the others from running.
  const bulk = await producer.enqueueWithParent(
    'document-processing',
    [...TOPICS.slice(0, 3).map((topic) => ({ text: topic, title: topic })), { title: 'neither text nor file' }],
    { delayInSeconds: 1, name: 'Example: bulk with a parent' },
  );
  say(`Enqueued ${bulk.enqueuedCount}, refused ${bulk.refused.length}: ${bulk.refused[0]?.error.message}`);
  const end = await eventually(
    'the bulk has ended',
    () => manager.getParentJobStatus(bulk.parentJobId),
    (seen) => isFinished(seen.status),
    PATIENCE,
  );
  expectEqual('the bulk', [end.status, end.completed, end.total, bulk.enqueuedCount], ['completed', 3, 3, 3]);
  say(`${end.completed} of ${end.total} completed.`);
};
