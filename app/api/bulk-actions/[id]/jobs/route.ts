import { listBulkActionJobsQuery } from '@/lib/contracts/bulk-action';
import { listBulkActionJobs } from '@/lib/domain/bulk-action/read-bulk-actions';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'bulk-action.see', query: listBulkActionJobsQuery }, ({ context, params, query }) =>
    listBulkActionJobs(context, idOf(params), query),
  ),
});
