import { jobLogsQuery } from '@/lib/contracts/job-queries';
import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see', query: jobLogsQuery }, ({ context, params, query }) =>
    readJobLogs(context, idOf(params), query),
  ),
});
