import { countJobsQuery } from '@/lib/contracts/query-values';
import { countJobs } from '@/lib/domain/query/count-jobs';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see', query: countJobsQuery }, ({ context, query }) => countJobs(context, query)),
});
