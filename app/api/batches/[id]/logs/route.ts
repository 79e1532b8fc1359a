import { batchLogsQuery } from '@/lib/contracts/job-queries';
import { readBatchLogs } from '@/lib/domain/batch/read-batch-logs';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see', query: batchLogsQuery }, ({ context, params, query }) =>
    readBatchLogs(context, idOf(params), query),
  ),
});
