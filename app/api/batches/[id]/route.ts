import { updateBatchBody } from '@/lib/contracts/steering';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { updateBatch } from '@/lib/domain/batch/update-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, async ({ context, params }) => ({
    batch: await getBatch(context, idOf(params)),
  })),
  PATCH: route({ permission: 'batch.change', body: updateBatchBody }, async ({ context, params, body }) => ({
    batch: await updateBatch(context, idOf(params), body),
  })),
});
