import { pauseBatch } from '@/lib/domain/batch/pause-batch';
import { idOf, methods, route } from '@/lib/http/route';
import { emptyBody } from '@/lib/http/validate';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.pause', body: emptyBody }, async ({ context, params }) => ({
    batch: await pauseBatch(context, idOf(params)),
  })),
});
