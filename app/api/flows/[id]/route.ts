import { flowTreeQuery } from '@/lib/contracts/flow';
import { getFlow } from '@/lib/domain/flow/get-flow';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ query: flowTreeQuery }, async ({ context, params, query }) => ({
    flow: await getFlow(context, idOf(params), query),
  })),
});
