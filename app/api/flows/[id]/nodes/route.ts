import { flowNodesQuery } from '@/lib/contracts/flow';
import { listFlowNodes } from '@/lib/domain/flow/list-flow-nodes';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'flow.see', query: flowNodesQuery }, ({ context, params, query }) =>
    listFlowNodes(context, idOf(params), query),
  ),
});
