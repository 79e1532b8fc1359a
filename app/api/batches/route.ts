import { listBatchesQuery } from '@/lib/contracts/batch';
import { launchBatch, listBatches } from '@/lib/domain/batch';
import { idempotencyKeyOf } from '@/lib/http/headers';
import { readLaunch } from '@/lib/http/launch/read-launch';
import { methods, route } from '@/lib/http/route';

const STATUS = { created: 201, existing: 200, running: 202 } as const;

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ query: listBatchesQuery }, ({ context, query }) => listBatches(context, query)),
  POST: route({}, async ({ context, request }) => {
    const idempotencyKey = idempotencyKeyOf(request);
    const { outcome, result } = await launchBatch(context, { ...(await readLaunch(request)), idempotencyKey });
    return Response.json(result, { status: STATUS[outcome], headers: { location: `/api/batches/${result.batchId}` } });
  }),
});
