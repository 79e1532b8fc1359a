import { retryBatchBody } from '@/lib/contracts/batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.retry', body: retryBatchBody }, ({ context, params, body }) =>
    retryBatch(context, idOf(params), body),
  ),
});
