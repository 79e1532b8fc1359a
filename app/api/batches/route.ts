import { listBatchesQuery } from '@/lib/contracts/batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatches } from '@/lib/domain/batch/list-batches';
import { repeatableOf } from '@/lib/http/idempotency';
import { jsonResponse } from '@/lib/http/json';
import { readLaunch } from '@/lib/http/launch/read-launch';
import { methods, route } from '@/lib/http/route';

const STATUS = { created: 201, existing: 200, running: 202 } as const;

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see', query: listBatchesQuery }, ({ context, query }) => listBatches(context, query)),
  POST: route({ permission: 'batch.launch', keyed: 'batch' }, async ({ context, request }) => {
    const repeatable = repeatableOf(request);
    const { outcome, result } = await launchBatch(context, { ...(await readLaunch(request)), ...repeatable });
    return jsonResponse(result, { status: STATUS[outcome], headers: { location: `/api/batches/${result.batchId}` } });
  }),
});
