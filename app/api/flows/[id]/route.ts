import { flowTreeQuery } from '@/lib/contracts/flow';
import { getFlow } from '@/lib/domain/flow/get-flow';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'flow.see', query: flowTreeQuery }, async ({ context, params, query }) => ({
    flow: await getFlow(context, idOf(params), query),
  })),
});
