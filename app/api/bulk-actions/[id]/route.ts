import { getBulkAction } from '@/lib/domain/bulk-action/read-bulk-actions';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'bulk-action.see' }, async ({ context, params }) => ({
    bulkAction: await getBulkAction(context, idOf(params)),
  })),
});
