import { abortBulkAction } from '@/lib/domain/bulk-action/abort-bulk-action';
import { idOf, methods, route } from '@/lib/http/route';
import { emptyBody } from '@/lib/http/validate';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'bulk-action.abort', body: emptyBody }, async ({ context, params }) => ({
    bulkAction: await abortBulkAction(context, idOf(params)),
  })),
});
