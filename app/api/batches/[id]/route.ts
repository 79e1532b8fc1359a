import { getBatch } from '@/lib/domain/batch/get-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, async ({ context, params }) => ({
    batch: await getBatch(context, idOf(params)),
  })),
});
