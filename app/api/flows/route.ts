import { type CreateFlowsBody, createFlowsHead, listFlowsQuery } from '@/lib/contracts/flow';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { listFlows } from '@/lib/domain/flow/list-flows';
import { repeatableOf } from '@/lib/http/idempotency';
import { jsonResponse } from '@/lib/http/json';
import { DATA_BODY_BYTES, LIST_VALUES } from '@/lib/http/limits';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'flow.see', query: listFlowsQuery }, ({ context, query }) => listFlows(context, query)),
  POST: route(
    {
      permission: 'flow.launch',
      keyed: 'flow',
      body: createFlowsHead,
      bodyLimit: DATA_BODY_BYTES,
      bodyValues: LIST_VALUES,
    },
    async ({ context, request, body }) => {
      const { outcome, result } = await createFlows(context, body as CreateFlowsBody, repeatableOf(request));
      return jsonResponse(result, {
        status: outcome === 'created' ? 201 : 200,
        headers: { location: `/api/flows/${result.flowIds[0]}` },
      });
    },
  ),
});
