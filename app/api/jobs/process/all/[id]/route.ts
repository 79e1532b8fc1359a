import { startBatchBody } from '@/lib/contracts/batch';
import { queueBatch } from '@/lib/domain/batch/queue-batch';
import { startBatch } from '@/lib/domain/batch/start-batch';
import { jsonResponse } from '@/lib/http/json';
import { startFailure } from '@/lib/http/problem';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.change', body: startBatchBody }, async ({ context, params, body }) => {
    const batchId = idOf(params);
    const started = body.start === 'queue' ? queueBatch(context, batchId) : startBatch(context, batchId);
    const { outcome, batch } = await started.catch((error: unknown) => {
      throw startFailure(error);
    });
    const { id, total, status } = batch;
    const answer = { batchId: id, parentJobId: id, enqueuedCount: total, status, batch };
    return jsonResponse(answer, { status: outcome === 'already-running' ? 202 : 200 });
  }),
});
