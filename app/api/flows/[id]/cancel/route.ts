import { cancelBody } from '@/lib/contracts/job';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'flow.cancel', body: cancelBody }, async ({ context, params, body }) => ({
    flow: await cancelFlow(context, idOf(params), body),
  })),
});
