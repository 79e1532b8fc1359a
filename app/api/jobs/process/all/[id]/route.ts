import { startBatch } from '@/lib/domain/batch';
import { startFailure } from '@/lib/http/problem';
import { idOf, methods, route } from '@/lib/http/route';
import { emptyBody } from '@/lib/http/validate';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ body: emptyBody }, async ({ context, params }) => {
    const { outcome, batch } = await startBatch(context, idOf(params)).catch((error: unknown) => {
      throw startFailure(error);
    });
    const { id, total, status } = batch;
    const answer = { batchId: id, parentJobId: id, enqueuedCount: total, status, batch };
    return Response.json(answer, { status: outcome === 'started' ? 200 : 202 });
  }),
});
