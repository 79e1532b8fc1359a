import { retryFlowBody } from '@/lib/contracts/flow';
import { retryFlow } from '@/lib/domain/flow/retry-flow';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'flow.retry', body: retryFlowBody }, ({ context, params, body }) =>
    retryFlow(context, idOf(params), body),
  ),
});
