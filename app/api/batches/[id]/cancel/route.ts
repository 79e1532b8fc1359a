import { cancelBody } from '@/lib/contracts/job';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.cancel', body: cancelBody }, async ({ context, params, body }) => ({
    batch: await cancelBatch(context, idOf(params), body),
  })),
});
