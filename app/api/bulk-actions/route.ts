import { bulkActionRequest, listBulkActionsQuery } from '@/lib/contracts/bulk-action';
import { must } from '@/lib/contracts/must';
import { continueEstimate } from '@/lib/domain/bulk-action/continue-estimate';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { listBulkActions } from '@/lib/domain/bulk-action/read-bulk-actions';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'bulk-action.see', query: listBulkActionsQuery }, ({ context, query }) =>
    listBulkActions(context, query),
  ),
  POST: route({ permission: 'bulk-action.create', body: bulkActionRequest }, async ({ context, body }) => {
    const { token, action, dry, ...chosen } = body;
    if (token === undefined) {
      return estimateBulkAction(context, { ...chosen, action: must(action, 'The action of an estimate') });
    }
    if (dry) return continueEstimate(context, token, body.waitSeconds);
    const { bulkAction, started } = await startBulkAction(context, token);
    const headers = { location: `/api/bulk-actions/${bulkAction.id}` };
    return jsonResponse({ bulkAction }, { status: started ? 201 : 200, headers });
  }),
});
