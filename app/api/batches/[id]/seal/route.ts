import { sealBatch } from '@/lib/domain/batch/seal-batch';
import { idOf, methods, route } from '@/lib/http/route';
import { emptyBody } from '@/lib/http/validate';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.change', body: emptyBody }, async ({ context, params }) => ({
    batch: await sealBatch(context, idOf(params)),
  })),
});
