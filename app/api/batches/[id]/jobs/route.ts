import { listBatchJobsQuery } from '@/lib/contracts/job-queries';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see', query: listBatchJobsQuery }, ({ context, params, query }) =>
    listBatchJobs(context, idOf(params), query),
  ),
});
