import { cleanUpQuery } from '@/lib/contracts/job-queries';
import { cleanUpJobs } from '@/lib/domain/job/clean-up-jobs';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route({ permission: 'job.clean-up', query: cleanUpQuery }, ({ context, query }) =>
    cleanUpJobs(context, query),
  ),
});
