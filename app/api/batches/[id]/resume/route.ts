import { resumeBatchBody } from '@/lib/contracts/batch';
import { resumeBatch } from '@/lib/domain/batch/pause-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.pause', body: resumeBatchBody }, async ({ context, params, body }) => ({
    batch: await resumeBatch(context, idOf(params), body),
  })),
});
