import { addItems, getBatch } from '@/lib/domain/batch';
import { idempotencyKeyOf } from '@/lib/http/headers';
import { readAddition } from '@/lib/http/launch/read-addition';
import { idOf, methods, route } from '@/lib/http/route';

const STATUS = { added: 201, existing: 200 } as const;

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({}, async ({ context, params, request }) => {
    const idempotencyKey = idempotencyKeyOf(request);
    const { id, type } = await getBatch(context, idOf(params));
    const { outcome, result } = await addItems(context, id, { ...(await readAddition(request, type)), idempotencyKey });
    return Response.json(result, { status: STATUS[outcome] });
  }),
});
