import { addItems } from '@/lib/domain/batch/add-items';
import { findBatchFor } from '@/lib/domain/batch/get-batch';
import { repeatableOf } from '@/lib/http/idempotency';
import { jsonResponse } from '@/lib/http/json';
import { readAddition } from '@/lib/http/launch/read-launch';
import { idOf, methods, route } from '@/lib/http/route';

const STATUS = { added: 201, existing: 200 } as const;

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.change', keyed: 'batch_addition' }, async ({ context, params, request }) => {
    const repeatable = repeatableOf(request);
    const { id, type } = await findBatchFor(context, 'batch.change', idOf(params));
    const { outcome, result } = await addItems(context, id, { ...(await readAddition(request, type)), ...repeatable });
    return jsonResponse(result, { status: STATUS[outcome] });
  }),
});
